import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { before, type loseAnswerAt } from "../../rehearsal/faults.ts";
import { placeCall } from "../../rehearsal/place-call.ts";
import { build } from "../../scripts/build.ts";
import { startSsm } from "../../scripts/check-deploy/ssm-server.ts";
import { startStack } from "../../scripts/stack/start-stack.ts";
import { tableCredentials } from "../../scripts/stack/table.ts";
import { run } from "../scripts/run-command.ts";
import { collection, markers } from "./markers.ts";
import { type Asked, markedRequests, person } from "./markers-requests.ts";
import { startMarkersService } from "./markers-service.ts";
import { accessLines, alertsFor, debuggerLines, eventsOf, platformLines } from "./markers-sources.ts";
import { answering } from "./stack.ts";
import { alertsOf } from "./twilio-rest/monitor.ts";
import { account, type RestRequest, startTwilioRest } from "./twilio-rest/server.ts";
import { startServerless } from "./twilio-rest/serverless.ts";

const parameter = "/test/sorry";
const sealKeys = `k1:${markers.sealKey}`;

/** A stack, Twilio's REST API, SSM and an outside service, a night of calls that fail, and what commands ask. */
export async function markedNight() {
  const inputs = collection();
  const outputs = collection();
  const folder = mkdtempSync(path.join(tmpdir(), "stayline-markers-"));
  const ending: (() => Promise<unknown> | unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  const started = async <T extends { stop(): Promise<unknown> | unknown }>(starting: Promise<T>): Promise<T> => {
    const one = await starting;
    ending.push(() => one.stop());
    return one;
  };

  let asked: readonly Asked[] = [];
  let messages = 0;
  const carrier = (request: RestRequest) => {
    if (request.operation === "CreateMessage") {
      inputs.add("a message to the carrier", [...request.params]);
      const message = `${markers.restError}: ${markers.letterTo} is no number`;
      inputs.add("the carrier's answer", message);
      messages += 1;
      return messages % 2 === 1 ? ({ status: 400, body: { code: 21211, message, status: 400 } } as const) : "hang-up";
    }
    if (request.operation === "FetchAccount") return { status: 200, body: { sid: account.sid } };
    if (/Alert/.test(request.operation)) return alertsOf(alertsFor(failed()))(request);
    return { status: 200, body: { events: eventsOf(asked), page: 0, page_size: 50 } };
  };
  const failed = () => asked.filter(({ status }) => status >= 500);

  try {
    const flowsEntry = path.join(import.meta.dirname, "markers-flow.ts");
    const [service, ssm, rest, serverless] = await Promise.all([
      started(startMarkersService(inputs)),
      started(startSsm()),
      started(startTwilioRest(carrier)),
      started(startServerless()),
      build({ outDir: folder, flowsEntry }),
    ]);
    serverless.existing();
    ssm.put(parameter, `off ${JSON.stringify({ say: { en: markers.sorryMessage } })}`, "String");
    const settings = {
      FLOW_OUTSIDE_URL: service.url,
      FLOW_SERVICE_TOKEN: markers.setting,
      FLOW_ARGUMENT: markers.effectArgument,
      FLOW_FLOW_ERROR: markers.flowError,
      FLOW_REFUSED: markers.refusedKey,
      FLOW_LETTER_TO: markers.letterTo,
      FLOW_LETTER_FROM: markers.letterFrom,
      FLOW_LETTER_TEXT: markers.letterText,
    };
    const lines = { primary: [] as string[], fallback: [] as string[] };
    const stack = await started(
      startStack({
        buildDir: folder,
        flowsEntry,
        authToken: markers.authToken,
        accountSid: account.sid,
        sealKeys,
        env: {
          ...settings,
          AWS_ENDPOINT_URL_SSM: ssm.url,
          SORRY_PARAMETER: parameter,
          TWILIO_API_SECRET: markers.restSecret,
        },
        onLine: (leg, line) => void lines[leg].push(line),
      }),
    );
    inputs.add("the environment of the legs", {
      settings,
      authToken: markers.authToken,
      sealKeys,
      secret: markers.restSecret,
    });

    const env: Record<string, string> = {
      ...settings,
      TABLE_NAME: stack.table.name,
      TABLE_REGION: stack.table.region,
      TABLE_ENDPOINT: stack.table.endpoint,
      AWS_REGION: stack.table.region,
      AWS_ACCESS_KEY_ID: tableCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: tableCredentials.secretAccessKey,
      AWS_ENDPOINT_URL_SSM: ssm.url,
      SORRY_PARAMETER: parameter,
      STAYLINE_STATE_DIR: path.join(folder, "no-state"),
      TWILIO_ACCOUNT_SID: account.sid,
      // Twilio's API is down, but where a test says that it is there
      TWILIO_API_BASE_URL: "http://127.0.0.1:1",
      TWILIO_AUTH_TOKEN: markers.authToken,
      TWILIO_API_SECRET: markers.restSecret,
      TWILIO_REST_LOGIN: `${account.sid}:${markers.authToken}`,
      SEAL_KEYS: sealKeys,
      PRIMARY_BASE_URL: stack.primary.baseUrl,
      FALLBACK_BASE_URL: stack.fallback.baseUrl,
    };
    const withRest = { TWILIO_API_BASE_URL: rest.url };

    /** Runs a command, and keeps all that it says. @returns its exit code */
    async function command(args: readonly string[], more: Readonly<Record<string, string>> = {}, of = args.join(" ")) {
      inputs.add(`the command line of ${args[0]}`, args);
      const { said, ended } = run(args, { env: { ...env, ...more } });
      const code = await ended;
      outputs.add(of, `${said.out}${said.err}`);
      return { code, ...said };
    }

    /** One minute's run of the function that delivers letters. */
    async function deliver(): Promise<void> {
      const code = `require(process.argv[1]).handler({}, { getRemainingTimeInMillis: () => 50000 }).then((run) => console.log(JSON.stringify(run)))`;
      const child = spawn(process.execPath, ["-e", code, path.join(folder, "lambda", "outbox.js")], {
        env: { ...env, ...withRest },
      });
      const said: string[] = [];
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text) => void said.push(text));
      await once(child, "close");
      outputs.add("the outbox's function", said.join(""));
    }

    const requests = markedRequests(stack, inputs);
    asked = requests.asked;
    const script = answering([
      [/, choose/, "7"],
      [/order\?/, markers.pin],
      [/^order/, "record:5"],
      [/speak/, `say:${markers.speech}`],
    ]);
    const { CallSid: _, From: from, To: to, ...extraParameters } = { CallSid: "", ...person };
    /** A call as Twilio places it. */
    async function place(intercept?: ReturnType<typeof loseAnswerAt>) {
      const urls = stack.flows.careless;
      if (urls === undefined) throw new Error("the stack lacks the flow");
      const { authToken, accountSid } = stack;
      const call = await placeCall({
        ...urls,
        authToken,
        accountSid,
        script,
        from,
        to,
        extraParameters,
        ...(intercept && { intercept }),
      });
      inputs.add(
        "a placed call",
        call.requests.map(({ url, params }) => ({ url, params })),
      );
      return call;
    }
    const killPrimary = before(2, async () => {
      stack.primary.kill();
      await stack.primary.exited;
    });

    /** Items as `aws dynamodb scan` prints them. */
    async function scan(): Promise<string> {
      const { endpoint, region, name: TableName } = stack.table;
      const client = new DynamoDBClient({ endpoint, region, credentials: tableCredentials });
      const { Items = [] } = await client.send(new ScanCommand({ TableName }));
      client.destroy();
      return JSON.stringify({ Items }, (_key, value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
      );
    }

    /** Writes what an operator would have exported. @returns the directory */
    async function exported(): Promise<string> {
      const failedLine = lines.primary.find((line) => line.includes('"turn.failed"')) ?? "{}";
      const { requestId: failedId = "" } = JSON.parse(failedLine);
      const texts = {
        "alerts.json": JSON.stringify({ alerts: alertsFor(failed()) }),
        "debugger.jsonl": debuggerLines(failed()),
        "access.jsonl": accessLines(asked.filter(({ url }) => url.includes("/voice/"))),
        "primary.log": [...lines.primary, ...platformLines(failedId, Date.now())].join("\n"),
        "fallback.log": lines.fallback.join("\n"),
        "table.json": await scan(),
      };
      for (const [name, text] of Object.entries(texts)) {
        writeFileSync(path.join(folder, name), text);
        inputs.add(name, text);
      }
      inputs.add("Call Events", eventsOf(asked));
      return folder;
    }
    return {
      stack,
      ssm,
      serverless,
      inputs,
      outputs,
      lines,
      folder,
      command,
      deliver,
      requests,
      place,
      killPrimary,
      scan,
      exported,
      withRest,
      failed,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
export type MarkedNight = Awaited<ReturnType<typeof markedNight>>;
