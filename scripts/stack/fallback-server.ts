import type { RequestListener } from "node:http";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { limits } from "../../core/limits.ts";
import { watchingConnections } from "./connection.ts";
import type { LegSettings } from "./leg-process.ts";
import { runLeg } from "./leg-process.ts";

const require = createRequire(import.meta.url);

/** The parts of Twilio's own packages that `twilio-run start` is made of. */
type Routes = { functions: unknown[]; assets: unknown[] };
type FindRoutes = (
  dir: string,
  options: { functionsFolderNames: string[]; assetsFolderNames: string[] },
) => Promise<Routes>;
type LocalDevelopmentServer = new (port: number, config: object) => { getApp(): RequestListener };

/**
 * The fallback leg: Twilio's local Functions runtime on the built functions. Not through the command `twilio-run start`, which listens on
 * every network interface, asks at the keyboard when its port is taken, and watches the file system.
 */
async function load({ codeDir, publicUrl, env }: LegSettings): Promise<RequestListener> {
  // As twilio-run does: functions see the service's variables in process.env and nothing of this machine's.
  process.env = { ...env };
  const {
    getListOfFunctionsAndAssets,
  }: { getListOfFunctionsAndAssets: FindRoutes } = require("@twilio-labs/serverless-api/dist/utils/fs");
  const {
    LocalDevelopmentServer,
  }: { LocalDevelopmentServer: LocalDevelopmentServer } = require("@twilio/runtime-handler/dev");
  const routes = await getListOfFunctionsAndAssets(codeDir, {
    functionsFolderNames: ["functions"],
    assetsFolderNames: ["assets"],
  });
  const runtime = new LocalDevelopmentServer(0, {
    baseDir: fileURLToPath(new URL("../../", import.meta.url)),
    env,
    url: publicUrl,
    routes,
    port: 0,
    appName: "stayline",
    live: false,
    logs: false,
    detailedLogs: false,
    legacyMode: false,
    // A process for each request would hide the warm starts of the real platform, and be slow.
    forkProcess: false,
    enableDebugLogs: false,
  });
  // the runtime makes each execution's context from this object
  process.on("message", ({ variables }: { variables?: Record<string, string> }) => {
    if (variables === undefined) return;
    Object.assign(env, variables);
    process.send?.({ kind: "ready" });
  });
  const answer = runtime.getApp();
  return watchingConnections((request, response) => {
    // The local runtime lets a function run for ever; the real one ends it. [D Functions FAQ, error 82002]
    const timer = setTimeout(() => {
      if (response.headersSent) return void request.socket.destroy();
      response.writeHead(504, { "content-type": "text/plain" }).end("runtime application timed out");
    }, limits.functionTimeoutMs);
    response.on("close", () => clearTimeout(timer));
    answer(request, response);
  });
}

await runLeg("fallback", load);
