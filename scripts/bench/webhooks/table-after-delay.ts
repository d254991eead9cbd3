import { createServer } from "node:http";
import { host, listen } from "../../stack/listen.ts";

/** DynamoDB answers single requests within "single-digit milliseconds" [D What is DynamoDB]; this is a small one of these. */
export const answerDelayMs = 3;

export interface TableAfterDelay {
  readonly url: string;
  /** From now on; 0 answers at once, for the warm-up. */
  answerAfter(delayMs: number): void;
}

/**
 * A table that agrees with everything and always takes the same time, as the real one nearly does: the embedded one takes longer
 * for an update with conditions than for a get and a put together, which says nothing about a service.
 */
export async function startTableAfterDelay(): Promise<TableAfterDelay> {
  let delayMs = answerDelayMs;
  const server = createServer((request, response) => {
    const answer = () =>
      void response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": "2" }).end("{}");
    request.resume().on("end", () => (delayMs === 0 ? answer() : void setTimeout(answer, delayMs)));
  });
  const url = `http://${host}:${await listen(server, 0, "table")}`;
  return {
    url,
    answerAfter(ms) {
      delayMs = ms;
    },
  };
}
