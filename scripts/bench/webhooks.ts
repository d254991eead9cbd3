import { randomBytes } from "node:crypto";
import path from "node:path";
import { startEffects } from "../stack/effects.ts";
import { legEnvironments } from "../stack/leg-environments.ts";
import { startTable } from "../stack/table.ts";
import { startTableProxy } from "../stack/table-proxy.ts";
import { startBenchLeg } from "./leg.ts";
import { before, type WebhookName, webhooks } from "./leg-process.ts";
import { type Summary, summaryOf } from "./statistics.ts";

const publicUrls = { primary: "https://primary.example.com", fallback: "https://fallback.example.com" };

export interface WebhookBench {
  readonly webhook: WebhookName;
  readonly wallMs: Summary;
  readonly cpuMs: Summary;
  /** requests on the wire to the embedded table, which does not return the winner of a refused write */
  readonly tableRequests: number;
}

export interface UrlBench {
  readonly flow: string;
  readonly documents: number;
  /** of the longest URL, connection overrides and a base URL of 27 characters included */
  readonly urlCharacters: number;
}

export interface WebhookOptions {
  readonly lambdaDir: string;
  readonly flows: readonly string[];
  readonly warmUpCalls: number;
  readonly calls: number;
  /** the kinds take turns, so that a busy moment of the machine meets all of them */
  readonly rounds: number;
}

const countedCalls = 10;

/** Calls the built primary leg in a process of its own, with table and effects service in this one. */
export async function benchWebhooks(options: WebhookOptions): Promise<{ webhooks: WebhookBench[]; urls: UrlBench[] }> {
  const [table, effects] = await Promise.all([startTable(0), startEffects({ port: 0 })]);
  const proxy = await startTableProxy(table.endpoint);
  const ending: (() => unknown)[] = [table.stop, effects.stop, proxy.stop];
  const accountSid = `AC${randomBytes(16).toString("hex")}`;
  const authToken = randomBytes(16).toString("hex");
  const bundle = path.join(options.lambdaDir, "voice-webhook.js");
  const legAt = async (tableUrl: string) => {
    const { primary } = legEnvironments({
      publicUrls,
      sealKeys: `k1:${randomBytes(32).toString("base64")}`,
      accountSid,
      authToken,
      table: { region: table.region, name: table.name },
      tableUrls: { primary: tableUrl, fallback: tableUrl },
      effectsUrl: effects.baseUrl,
      extra: {},
    });
    const leg = await startBenchLeg({ bundle, baseUrl: publicUrls.primary, accountSid, authToken }, primary);
    ending.push(leg.stop);
    return leg;
  };
  try {
    const measured = await legAt(table.endpoint);
    const counted = await legAt(proxy.urls.primary);
    // counting goes first: it needs no warm machine
    const requests = new Map<WebhookName, number>();
    for (const name of webhooks) {
      proxy.reset();
      await counted.run({ kind: "webhook", name, calls: countedCalls });
      const { primary } = proxy.counts();
      requests.set(name, Object.values(primary).reduce((sum, count) => sum + count, 0) / countedCalls);
    }
    const urls: UrlBench[] = [];
    for (const flow of options.flows) {
      const { documents, urlCharacters } = await counted.run({ kind: "urls", flow });
      urls.push({ flow, documents, urlCharacters });
    }
    counted.stop();

    const wall = new Map(webhooks.map((name) => [name, [] as number[]]));
    const cpu = new Map(webhooks.map((name) => [name, [] as number[]]));
    await measured.run({ kind: "webhook", name: "effect duplicate", calls: options.warmUpCalls });
    for (let round = 0; round < options.rounds; round += 1) {
      for (const name of webhooks) {
        const { wallMs, cpuMs } = await measured.run({ kind: "webhook", name, calls: options.calls });
        wall.get(name)?.push(...wallMs);
        cpu.get(name)?.push(...cpuMs);
      }
    }
    const ofCall = (name: WebhookName | undefined) => (name === undefined ? 0 : (requests.get(name) ?? 0));
    return {
      webhooks: webhooks.map((webhook) => ({
        webhook,
        wallMs: summaryOf(wall.get(webhook) ?? []),
        cpuMs: summaryOf(cpu.get(webhook) ?? []),
        tableRequests: ofCall(webhook) - ofCall(before[webhook]),
      })),
      urls,
    };
  } finally {
    for (const end of ending.reverse()) await end();
  }
}
