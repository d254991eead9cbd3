import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { closeServer, listen } from "../../../scripts/stack/listen.ts";
import { readBody } from "../../../scripts/stack/read-body.ts";

export interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}
export interface Answer {
  readonly code?: number;
  readonly out?: string;
  readonly err?: string;
}

/** `aws` and `sam` in a folder for PATH: programs that ask `answer` what to say. */
export async function startPrograms(folder: string, answer: (call: Call) => Promise<Answer> | Answer) {
  const bin = path.join(folder, "bin");
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const call: Call = JSON.parse((await readBody(request, 1024 * 1024))?.toString("utf8") ?? "");
      calls.push(call);
      const said = await Promise.resolve(call)
        .then(answer)
        .catch((error: Error) => ({ code: 70, err: `the stand-in failed: ${error.stack}\n` }));
      response.end(JSON.stringify(said));
    })();
  });
  const port = await listen(server, 0, "effects");
  await mkdir(bin, { recursive: true });
  for (const name of ["aws", "sam"]) {
    const file = path.join(bin, name);
    await writeFile(file, program(name, port));
    await chmod(file, 0o755);
  }
  return { bin, calls, stop: () => closeServer(server) };
}

const program = (name: string, port: number) => `#!${process.execPath}
const args = process.argv.slice(2);
const { AWS_REGION } = process.env;
const body = JSON.stringify({ program: ${JSON.stringify(name)}, args, env: { AWS_REGION } });
require("node:http").request({ host: "127.0.0.1", port: ${port}, method: "POST" }, async (response) => {
  let text = "";
  for await (const part of response) text += part;
  const { code = 0, out = "", err = "" } = JSON.parse(text);
  process.stdout.write(out);
  process.stderr.write(err);
  process.exitCode = code;
}).end(body);
`;
