import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, inject, test } from "vitest";
import { createSealer } from "../../core/seal.ts";
import { shown } from "../../scripts/shown.ts";
import { run } from "../scripts/run-command.ts";
import { collection, type MarkerName, markers, markersIn, sealsIn } from "../support/markers.ts";

const folder = mkdtempSync(path.join(tmpdir(), "stayline-markers-commands-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const flowsModule = path.join(import.meta.dirname, "..", "support", "markers-flow.ts");
const sealed = createSealer(`k1:${markers.sealKey}`).seal("url", `CA${"1".repeat(32)}`, markers.name);
const abreast = 3;

/** What an operator may have in the environment, and settings of flows that are secrets of a service. */
const env = {
  FLOW_SERVICE_TOKEN: markers.setting,
  FLOW_ARGUMENT: markers.effectArgument,
  FLOW_REFUSED: markers.refusedKey,
  FLOW_LETTER_TO: markers.letterTo,
  FLOW_LETTER_FROM: markers.letterFrom,
  FLOW_LETTER_TEXT: markers.letterText,
  TWILIO_ACCOUNT_SID: `AC${"a".repeat(32)}`,
  TWILIO_AUTH_TOKEN: markers.authToken,
  TWILIO_API_SECRET: markers.restSecret,
  TWILIO_API_BASE_URL: "http://127.0.0.1:1",
  SEAL_KEYS: `k1:${markers.sealKey}`,
  STAYLINE_STATE_DIR: path.join(folder, "no-state"),
};

async function told(args: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const { said, ended } = run(args, { env });
  const code = await ended;
  return { code, text: `${said.out}${said.err}` };
}

/** All of them, a few at a time. */
async function each<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < all.length; at += abreast)
    results.push(...(await Promise.all(all.slice(at, at + abreast).map(work))));
  return results;
}

describe("a secret that is pasted where it does not belong is not said again", () => {
  const secrets: Readonly<Record<string, string>> = {
    "the auth token": markers.authToken,
    "a service's token": markers.setting,
    "a REST login": `AC${"a".repeat(32)}:${markers.authToken}`,
    "a seal key": `k1:${markers.sealKey}`,
    "a sealed checkpoint": sealed,
    "a URL with one": `https://line.example.com/voice/four/${sealed}?From=${encodeURIComponent(markers.caller)}`,
    "a number": markers.caller,
    "digits that were pressed": markers.digits,
    "what was said": markers.speech,
    "a name in Japanese": markers.nameInJapanese,
  };
  test.each(Object.entries(secrets))("by what repeats arguments: %s", (_, secret) => {
    for (const given of [secret, `--${secret}`, `--flow=${secret}`, `flow/en/${secret}`, ` ${secret}`, `${secret},1`]) {
      const repeated = shown(given);
      expect([markersIn(repeated), sealsIn(repeated)]).toEqual([[], []]);
    }
  });
  test("but a word that was mistyped is", () => {
    for (const word of ["appointmnt", "--colour", "random:0", "two", "front-desk/en/1,1", "-1"])
      expect(shown(word)).toBe(word);
  });

  /** `S` stands for the secret. */
  const wrong = [
    ...["trace S", "trace --S", "triage S", "triage --S", "triage --dir S", "triage --probe --every S"],
    ...[
      "triage --probe --public S",
      "triage --live --bundle S",
      "sorry --S",
      "sorry on --allow S0",
      "sorry on --scope flow=S",
    ],
    ...["outbox S", "outbox --S", "outbox drop S", "flow S", "flow --S", "flow lint S", "flow graph --flows S"],
    ...["flow graph --out S/S/S", "rehearse --S", "rehearse --flow S", "rehearse --dialect S", "rehearse --case S"],
    ...[
      "rehearse --seed S",
      "rehearse --flow survey --script S",
      "call --S",
      "call --flow S",
      "call --flow survey --press S!",
    ],
    ...["place-call --S", "place-call --flow survey --to 1 --from 1 --key 1 --data S", "number --S", "number show S"],
    ...[
      "number show +815000000000 S",
      "number show +815000000000 --flow S",
      "deploy --S",
      "deploy --number S --flow S",
    ],
    ...["incidents make S", "incidents --S", "stack --S", "stack --primary-port S", "stack --primary-url S"],
    ...["canary --only S", "canary --S", "build --S", "check-rules S", "check-deploy --S", "rotate-fallback-key --S"],
  ];
  const pasted = [markers.authToken, sealed, markers.caller];
  test("by any command", async () => {
    const tried = wrong.map((line, at) => ({
      line,
      args: line.replaceAll("S", pasted[at % pasted.length] ?? "").split(" "),
    }));
    expect(tried.every(({ args }) => pasted.some((secret) => args.join(" ").includes(secret)))).toBe(true);
    const leaks = await each(tried, async ({ line, args }) => {
      const { code, text } = await told(args);
      const found = [...markersIn(text), ...sealsIn(text)];
      const silent = code === 0 || text.trim().length < 10;
      return found.length > 0 || silent ? [`${line}: ${code} ${found.join(", ")} ${text.slice(0, 160)}`] : [];
    });
    expect(leaks.flat()).toEqual([]);
  }, 120_000);
});

describe("settings that are secrets", () => {
  test("are in no picture of a flow, in nothing that lint finds, in no report of a rehearsal", async () => {
    const outputs = collection();
    const html = path.join(folder, "report.html");
    const svg = path.join(folder, "flow.svg");
    const module = ["--flows", flowsModule];
    const commands = [
      ["flow", "graph", ...module],
      ["flow", "graph", "--json", ...module],
      ["flow", "graph", "careless", "--svg", "--out", svg, ...module],
      ["flow", "lint", ...module],
      ["flow", "lint", "--json"],
      ["flow", "graph", "--json"],
      ["rehearse", "--faults", "none", "--dialect", "default", "--flow", "survey", "--html", html],
      ["rehearse", "--faults", "none", "--dialect", "default", "--flow", "survey", "--json"],
      ["rehearse", "--faults", "none", "--dialect", "default", ...module],
      ["rehearse", "--faults", "none", "--dialect", "default", "--json", ...module],
    ];
    await each(commands, async (args) =>
      outputs.add(args.join(" ").replace(flowsModule, "…"), (await told(args)).text),
    );
    for (const file of [html, svg]) outputs.add(path.basename(file), readFileSync(file, "utf8"));
    expect(outputs.texts.filter(({ of, text }) => !of.includes("--svg") && text.trim().length < 10)).toEqual([]);
    expect(outputs.leaks()).toEqual([]);
  }, 60_000);
});

test("the ladder of a call that is tried out shows what its script says, and neither number, seal nor token", async () => {
  const press = `4,say:yes,say:${markers.speech}`;
  const call = [
    "call",
    "--flow",
    "survey",
    "--press",
    press,
    "--lose-answer-at",
    "1",
    "--build-dir",
    inject("buildDir"),
  ];
  const script: readonly MarkerName[] = ["speech"];
  const [ladder, json] = await each([call, [...call, "--json"]], told);
  const outputs = collection();
  outputs.add("the ladder", ladder?.text);
  outputs.add("the ladder as JSON", json?.text);
  expect(ladder?.text).toMatch(/FAILOVER at #1/);
  expect(ladder?.text).toContain('says "the zanzibar');
  expect(outputs.leaks(script)).toEqual([]);
  // the JSON is the record of a call whose numbers are made up; the ladder has none
  expect(ladder?.text).not.toMatch(/1500555\d{4}/);
}, 60_000);
