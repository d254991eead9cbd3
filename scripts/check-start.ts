/** `npm start` as a newcomer meets it: answering in time, a call that survives, and a clean end on Ctrl-C. */
import { spawn } from "node:child_process";
import { setTimeout as after } from "node:timers/promises";

const answeringWithinMs = 15_000;
const endingWithinMs = 5_000;
const anyPort = ["primary", "fallback", "table", "effects"].flatMap((name) => [`--${name}-port`, "0"]);

const startedMs = performance.now();
const child = spawn("npm", ["start", "--silent", "--", ...anyPort], { stdio: ["ignore", "pipe", "inherit"] });
const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
let output = "";
const ready = new Promise<void>((resolve) => {
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    if (output.includes("Ctrl-C ends everything.")) resolve();
  });
});

const first = await Promise.race([
  ready.then(() => "ready"),
  exited.then(() => "exited"),
  after(answeringWithinMs, "late", { ref: false }),
]);
const tookMs = Math.round(performance.now() - startedMs);
const survived = output.includes("The call survived; the effect 'book' was executed 1 time(s).");
process.kill(child.pid ?? 0, "SIGINT");
const code = await Promise.race([exited, after(endingWithinMs, "still running" as const, { ref: false })]);
console.log(
  `npm start: ${first} after ${tookMs} ms; the call ${survived ? "survived" : "did not survive"}; Ctrl-C: ${code}`,
);
if (first !== "ready" || !survived || code !== 0) {
  console.error(output);
  child.kill("SIGKILL");
  process.exit(1);
}
