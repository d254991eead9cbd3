import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { oneAttempt } from "./dynamodb-attempts.ts";

/**
 * Of the SDK's own steps before a request is sent, those that bring us nothing and cost CPU (docs/performance.md): the log that nobody
 * gave it, the long user agent, and the header by which Lambda finds functions that call themselves by way of a service.
 */
const unusedSteps = ["loggerMiddleware", "getUserAgentMiddleware", "recursionDetectionMiddleware"];

/**
 * A client that does for each request what has to be done for each request.
 *
 * @param attemptMs for the connection, and then for the answer, of one attempt
 */
export function leanClient(settings: DynamoDBClientConfig, attemptMs: number): DynamoDBClient {
  const client = new DynamoDBClient({
    ...settings,
    retryStrategy: oneAttempt,
    // what is done for each kind of request is put together once, not for each request
    cacheMiddleware: true,
    requestHandler: { connectionTimeout: attemptMs, requestTimeout: attemptMs, throwOnRequestTimeout: true },
  });
  for (const step of unusedSteps) client.middlewareStack.remove(step);
  keepSigner(client);
  settle(client.config);
  return client;
}

/** The SDK makes a signer for each request, from a copy of all of its settings; ours are the same for all. */
function keepSigner({ config }: DynamoDBClient): void {
  const { signer: newSigner } = config;
  let signer: Awaited<ReturnType<typeof newSigner>> | undefined;
  config.signer = async (scheme) => {
    signer ??= await newSigner(scheme);
    return signer;
  };
}

/** reads that are enough for V8 to look at where it reads from; it does from the eighth call of a function on */
const settlingReads = 32;

/**
 * The SDK copies its settings, fifty of them, three times for each request. An object that was put together piece by piece is a hash
 * table to V8, and takes ten times longer to copy, and ten times more memory, than one of known shape. V8 gives it a shape when it is
 * read through objects that inherit from it. If V8 should cease to do so, nothing but this time is lost.
 */
export function settle(settings: object): void {
  const heir: { readonly region?: unknown } = Object.create(settings);
  const read = () => heir.region;
  for (let nth = 0; nth < settlingReads; nth += 1) read();
}
