import { connect } from "node:net";

/** Sends pieces one by one, as a slow network does; tells what came back and how the connection ended. */
export async function rawSend(
  baseUrl: string,
  ...pieces: string[]
): Promise<{ received: string; end: "fin" | "reset" }> {
  const socket = connect(Number(new URL(baseUrl).port), "127.0.0.1");
  let received = "";
  let end: "fin" | "reset" | undefined;
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("data", (chunk) => {
    received += chunk;
  });
  socket.once("end", () => {
    end ??= "fin";
  });
  socket.once("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNRESET") end ??= "reset";
  });
  for (const piece of pieces) {
    await new Promise((resolve) => socket.write(piece, resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
  if (end === undefined) throw new Error("the connection ended in neither way");
  return { received, end };
}
