import { createServer } from "node:http";
import { host, listen } from "../../stack/listen.ts";

/** DynamoDB answers single requests within "single-digit milliseconds" [D What is DynamoDB]; this is a small one of these. */
export const answerDelayMs = 3;

/**
 * A table that agrees with everything and always takes the same time, as the real one nearly does: the embedded one takes longer
 * for an update with conditions than for a get and a put together, which says nothing about a service.
 *
 * @returns its URL
 */
export async function startTableAfterDelay(delayMs: number): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      setTimeout(() => {
        response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": "2" }).end("{}");
      }, delayMs);
    });
  });
  return `http://${host}:${await listen(server, 0, "table")}`;
}
