import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { closeServer, listen } from "../../../scripts/stack/listen.ts";
import { readBody } from "../../../scripts/stack/read-body.ts";
import { testCertificate } from "../test-certificate.ts";
import { account } from "./server.ts";
import { type ServerlessOperation, serverlessOperations } from "./serverless-operations.ts";

export interface Uploaded {
  readonly kind: "function" | "asset";
  readonly path: string;
  readonly visibility: string;
  readonly content: Buffer;
}
export interface ServerlessBuild {
  readonly sid: string;
  readonly runtime: string | null;
  readonly dependencies: string | null;
  readonly files: readonly Uploaded[];
}

const domain = "stayline-1234.twil.io";
const bodyBytesMax = 8 * 1024 * 1024;

/**
 * Twilio's Serverless API as `twilio-run` meets it: the real names of its hosts by TLS, through a proxy (HTTP_PROXY), with a
 * certificate made for the occasion (NODE_EXTRA_CA_CERTS). Requests that Twilio's description does not allow are refused.
 */
export async function startServerless() {
  const folder = mkdtempSync(path.join(tmpdir(), "stayline-tls-"));
  const hosts = ["serverless.twilio.com", "serverless-upload.twilio.com"];
  const { key, cert, certFile } = await testCertificate(folder, "serverless", hosts);
  /** what was refused, and why */
  const wrong: string[] = [];
  const asked: string[] = [];
  const uploads = new Map<string, Uploaded>();
  const lists = new Map<string, Record<string, unknown>[]>();
  const variables = new Map<string, string>();
  const builds: ServerlessBuild[] = [];
  const deployed: string[] = [];
  const state = { failsAt: undefined as string | undefined };
  let made = 0;
  const newSid = (prefix: string) => `${prefix}${String(++made).padStart(32, "0")}`;
  const listAt = (at: string) => lists.get(at) ?? lists.set(at, []).get(at) ?? [];

  async function answer(request: IncomingMessage): Promise<readonly [status: number, body: unknown]> {
    const url = new URL(request.url ?? "/", `https://${request.headers.host}`);
    const bytes = (await readBody(request, bodyBytesMax)) ?? Buffer.alloc(0);
    const refuse = (status: number, message: string) => {
      wrong.push(`${request.method} ${url.host}${url.pathname}: ${message}`);
      return [status, { code: 20001, message, status }] as const;
    };
    const login = Buffer.from(request.headers.authorization?.replace(/^Basic /, "") ?? "", "base64").toString();
    if (login !== `${account.sid}:${account.token}`) return refuse(401, "Authenticate");
    const operation = serverlessOperations.find((one) => matches(one, request.method, url));
    if (operation === undefined) return refuse(404, "no such resource");
    const fields = fieldsOf(request, url, bytes);
    const problem = problemWith(operation, fields);
    if (problem !== undefined) return refuse(400, problem);
    asked.push(operation.id);
    if (state.failsAt === operation.id) return [500, { code: 20500, message: "Internal Server Error", status: 500 }];
    const created = (prefix: string, more: Record<string, unknown>) => {
      const resource = { sid: newSid(prefix), ...more };
      listAt(url.pathname).push(resource);
      return [201, resource] as const;
    };
    const first = (field: string) => fields.get(field)?.[0]?.toString() ?? null;
    switch (operation.id) {
      case "CreateService":
        if (listAt(url.pathname).some((one) => one.unique_name === first("UniqueName"))) {
          return [409, { code: 50130, message: "already exists", status: 409 }];
        }
        return created("ZS", { unique_name: first("UniqueName") });
      case "CreateEnvironment":
        return created("ZE", {
          unique_name: first("UniqueName"),
          domain_suffix: first("DomainSuffix"),
          domain_name: domain,
        });
      case "CreateFunction":
      case "CreateAsset":
        return created("ZH", { friendly_name: first("FriendlyName") });
      case "CreateFunctionVersion":
      case "CreateAssetVersion": {
        const kind = operation.id === "CreateFunctionVersion" ? "function" : "asset";
        const content = fields.get("Content")?.[0] ?? Buffer.alloc(0);
        const sid = newSid("ZN");
        uploads.set(sid, { kind, path: first("Path") ?? "", visibility: first("Visibility") ?? "", content });
        return [201, { sid }];
      }
      case "CreateBuild": {
        const sids = ["FunctionVersions", "AssetVersions"].flatMap((one) => fields.get(one) ?? []).map(String);
        const files = sids.flatMap((sid) => uploads.get(sid) ?? []);
        const build = { sid: newSid("ZB"), runtime: first("Runtime"), dependencies: first("Dependencies"), files };
        builds.push(build);
        return [201, { sid: build.sid, status: "building", runtime: build.runtime }];
      }
      case "FetchBuildStatus":
        return [200, { status: "completed" }];
      case "CreateVariable":
        variables.set(first("Key") ?? "", first("Value") ?? "");
        return created("ZV", { key: first("Key"), value: first("Value") });
      case "UpdateVariable": {
        variables.set(first("Key") ?? "", first("Value") ?? "");
        const all = listAt(url.pathname.replace(/\/[^/]*$/, ""));
        const found = all.find((one) => url.pathname.endsWith(String(one.sid)));
        return [200, Object.assign(found ?? {}, { value: first("Value") })];
      }
      case "CreateDeployment":
        deployed.push(first("BuildSid") ?? "");
        return [201, { sid: newSid("ZD") }];
      default: {
        const last = url.pathname.split("/").at(-1)?.toLowerCase() ?? "";
        return [200, { meta: { key: last, next_page_url: null }, [last]: listAt(url.pathname) }];
      }
    }
  }

  const api = createTlsServer({ key, cert }, (request, response) => {
    answer(request)
      .then(([status, body]) => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      })
      .catch(() => response.destroy());
  });
  const proxy = createServer();
  proxy.on("connect", (_request, socket) => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    api.emit("connection", socket);
  });
  const port = await listen(proxy, 0, "effects");
  return {
    /** for the environment of the program that is to ask here */
    env: { HTTP_PROXY: `http://127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: certFile, NO_PROXY: "127.0.0.1" },
    domain,
    asked,
    wrong,
    builds,
    /** sids of builds, the latest last */
    deployed,
    variables,
    state,
    /** a service with one environment, as an earlier deployment made them */
    existing: () => {
      const [service, environment] = [newSid("ZS"), newSid("ZE")];
      listAt("/v1/Services").push({ sid: service, unique_name: "stayline" });
      listAt(`/v1/Services/${service}/Environments`).push({ sid: environment, domain_name: domain });
    },
    stop: async () => {
      api.closeAllConnections();
      await closeServer(proxy);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function matches({ method, host, path: pattern }: ServerlessOperation, asked: string | undefined, url: URL): boolean {
  const form = pattern.replaceAll("{Sid}", "[A-Z]{2}[0-9a-f]{32}");
  return method === asked && host === url.host && new RegExp(`^${form}$`).test(url.pathname);
}

function problemWith({ required, parameters }: ServerlessOperation, fields: Fields): string | undefined {
  const missing = required.find((name) => !fields.has(name));
  if (missing !== undefined) return `parameter ${missing} is required`;
  for (const [name, values] of fields) {
    const form = parameters[name];
    if (form === undefined) return `unknown parameter ${name}`;
    if (!values.every((value) => form.test(value.toString("latin1")))) return `parameter ${name} is invalid`;
  }
  return undefined;
}

type Fields = ReadonlyMap<string, readonly Buffer[]>;

function fieldsOf(request: IncomingMessage, url: URL, bytes: Buffer): Fields {
  const [, boundary] = /^multipart\/form-data; boundary=(.+)$/.exec(request.headers["content-type"] ?? "") ?? [];
  if (boundary !== undefined) return partsOf(bytes, boundary);
  const params = request.method === "GET" ? url.searchParams : new URLSearchParams(bytes.toString("utf8"));
  return new Map(
    [...new Set(params.keys())].map((name) => [name, params.getAll(name).map((value) => Buffer.from(value))]),
  );
}

function partsOf(bytes: Buffer, boundary: string): Fields {
  const parts = bytes.toString("latin1").split(`--${boundary}`).slice(1, -1);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf("\r\n\r\n");
      const [, name = ""] = /name="([^"]*)"/.exec(part.slice(0, end)) ?? [];
      return [name, [Buffer.from(part.slice(end + 4, -2), "latin1")]];
    }),
  );
}
