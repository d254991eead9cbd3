import {
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItem$,
  type GetItemCommandInput,
  type GetItemCommandOutput,
  UpdateItem$,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { getEndpointFromInstructions, toEndpointV1 } from "@smithy/core/endpoints";
import type { ClientProtocol, Endpoint, HttpRequest, HttpResponse, HttpSigner, Provider } from "@smithy/types";
import { ConfigurationError } from "../errors.ts";
import { Sha256 } from "./dynamodb-hash.ts";

/** The two requests that a webhook makes of its table: one attempt of each; its errors are those of the SDK. */
export interface TableRequests {
  get(input: GetItemCommandInput): Promise<GetItemCommandOutput>;
  /** What it answers is of no interest, unless it is an error. */
  update(input: UpdateItemCommandInput): Promise<void>;
}

type ResolvedConfig = DynamoDBClient["config"];
type Settings = ResolvedConfig & { readonly endpoint: Provider<Endpoint> };

/** What is the same for each request of one table. */
interface Common {
  /** for `Host`, which is signed */
  readonly host: string;
  /** for who writes requests, reads answers and signs; the signer keeps here by how much the table's clock differs from ours */
  readonly settings: Settings;
}

const operations = { get: operationOf(GetItem$), update: operationOf(UpdateItem$) } as const;

/**
 * Requests by the SDK's own parts: its serializer, its signer with the correction for a clock that is wrong, its HTTP, its answers
 * and errors. What `client.send` does around these for each request anew is done with the first one here (where the table is, who
 * signs) or not at all (retries, a log, the user agent): a tenth of a webhook's CPU and a quarter of its garbage (docs/performance.md).
 *
 * @param table its name, or its ARN, which may say where it is
 * @param attemptMs for the connection, and then for the answer, of one attempt
 */
export function tableRequests(given: DynamoDBClientConfig, table: string, attemptMs: number): TableRequests {
  const requestHandler = { connectionTimeout: attemptMs, requestTimeout: attemptMs, throwOnRequestTimeout: true };
  const { config } = new DynamoDBClient({ ...given, requestHandler, sha256: Sha256 });
  const protocol = config.protocol as ClientProtocol<HttpRequest, HttpResponse>;
  const signer = signerOf(config);
  let common: Common | undefined;

  async function findOut(): Promise<Common> {
    const found = await getEndpointFromInstructions({ TableName: table }, UpdateItemCommand, config);
    const endpoint = toEndpointV1(found);
    const requestSigner = await config.signer(found.properties?.authSchemes?.[0]);
    return {
      host: endpoint.port === undefined ? endpoint.hostname : `${endpoint.hostname}:${endpoint.port}`,
      settings: { ...config, endpoint: async () => endpoint, signer: async () => requestSigner },
    };
  }

  async function ask<Output>(operation: Operation, input: object, read: Read<Output>): Promise<Output> {
    // not a promise that is kept: what could not be found out is tried again with the next request
    common ??= await findOut();
    const { host, settings } = common;
    const request = await protocol.serializeRequest(operation, input, settings);
    request.headers.host = host;
    // the signer notes here when this request was sent
    const properties = { config: settings, context: settings };
    const signed = await signer.sign(request, {}, properties);
    let response: HttpResponse | undefined;
    try {
      const answered = await config.requestHandler.handle(signed);
      response = answered.response;
      const output = await read(operation, settings, answered.response);
      signer.successHandler?.(response, properties);
      return output;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (response !== undefined) tellOf(response, error);
      signer.errorHandler?.(properties)(error);
      throw error;
    }
  }
  const whole: Read<GetItemCommandOutput> = (...answered) => protocol.deserializeResponse(...answered);
  const taken: Read<void> = async (operation, settings, response) => {
    if (isTaken(response)) response.body.resume();
    else await protocol.deserializeResponse(operation, settings, response);
  };
  return {
    get: (input) => ask(operations.get, input, whole),
    update: (input) => ask(operations.update, input, taken),
  };
}

type Operation = ReturnType<typeof operationOf>;
type Read<Output> = (operation: Operation, settings: Settings, response: HttpResponse) => Promise<Output>;

function operationOf([, namespace, name, traits, input, output]: typeof GetItem$) {
  return { namespace, name, traits, input, output };
}

function signerOf({ httpAuthSchemes }: ResolvedConfig): HttpSigner {
  const sigV4 = httpAuthSchemes.find(({ schemeId }) => schemeId === "aws.auth#sigv4");
  if (sigV4 === undefined) throw new ConfigurationError("the SDK's client for DynamoDB cannot sign with SigV4");
  return sigV4.signer;
}

/** DynamoDB did it. Somebody else's page that stands in its place has another type, and is read. [D DynamoDB low-level API] */
function isTaken({ statusCode, headers }: HttpResponse): boolean {
  return statusCode === 200 && headers["content-type"] === "application/x-amz-json-1.0";
}

/** Puts the answer where the signer looks for the table's clock, and its status where it is missing: a proxy's error is no JSON. */
function tellOf(response: HttpResponse, error: Error & { $metadata?: object }): void {
  Object.defineProperty(error, "$response", { value: response });
  error.$metadata ??= { httpStatusCode: response.statusCode };
}
