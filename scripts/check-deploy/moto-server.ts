import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { host } from "../stack/listen.ts";
import { complaint, runTool } from "./tools.ts";

export interface Moto {
  readonly url: string;
  /** For the AWS CLI and the SDKs: everything goes to this server. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs the AWS CLI and reads its JSON. @throws Error with its last line */
  aws(...args: string[]): Promise<unknown>;
  /** From now on, does the server ask its IAM before it does anything? */
  enforce(on: boolean): Promise<void>;
  stop(): Promise<void>;
}

const region = "us-east-1";
const startWithinMs = 30_000;

/** Starts moto's server on a free port, which plays AWS over its own protocols. @throws Error when it does not answer */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const url = `http://${host}:${port}`;
  const child = spawn("moto_server", ["-H", host, "-p", String(port)], {
    stdio: "ignore",
    detached: true,
    // nobody's permissions are asked for until `enforce`
    env: { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: "1000000000" },
  });
  const ended = once(child, "exit").catch(() => {});
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  process.once("exit", kill);
  const stop = async () => {
    process.off("exit", kill);
    kill();
    await ended;
  };
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_PAGER: "",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const deadlineMs = performance.now() + startWithinMs;
  while (!(await answers(url))) {
    if (performance.now() > deadlineMs || child.exitCode !== null) {
      await stop();
      throw new Error("moto_server does not answer");
    }
    await after(100);
  }
  return {
    url,
    env,
    async aws(...args) {
      const ran = await runTool("aws", ["--output", "json", ...args], { env });
      if (ran.code !== 0) throw new Error(`aws ${args.slice(0, 2).join(" ")}: ${complaint(ran)}`);
      return ran.out.trimStart().startsWith("{") ? JSON.parse(ran.out) : undefined;
    },
    async enforce(on) {
      const body = on ? "0" : "1000000000";
      const answer = await fetch(`${url}/moto-api/reset-auth`, {
        method: "POST",
        headers: { "content-type": "text/plain" },
        body,
      });
      if (!answer.ok) throw new Error(`moto: reset-auth answered ${answer.status}`);
    },
    stop,
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/moto-api/data.json`, { signal: AbortSignal.timeout(2_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
