import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const lambda = `exports.handler = async ({ rawPath, body }) => {
  if (rawPath.endsWith("/throw")) throw new Error("thrown by the function");
  if (rawPath.endsWith("/forget")) setTimeout(() => Promise.reject(new Error("nobody awaited\\nthis")));
  if (rawPath.endsWith("/hang") || rawPath.endsWith("/forget")) await new Promise(() => {});
  return { statusCode: 200, headers: { "content-type": "text/xml" }, body: process.env.TWILIO_AUTH_TOKEN + " " + process.env.MARK };
};`;
const twilioFunction = `exports.handler = (context, event, callback) => {
  if (event.forget) Promise.reject(new Error("nobody awaited this"));
  const response = new Twilio.Response();
  response.appendHeader("Content-Type", "text/xml");
  response.setBody([context.AUTH_TOKEN, context.DOMAIN_NAME, event.CallSid, event.flow, process.env.PATH].join(" "));
  callback(null, response);
};`;

/** A folder as `build({ outDir })` leaves it, with the smallest legs that show what the stack gives them. */
export async function builtByHand(): Promise<string> {
  const outDir = await mkdtemp(path.join(tmpdir(), "stayline-built-"));
  const files: Record<string, string> = { "lambda/package.json": '{"type":"commonjs"}' };
  for (const name of ["voice-webhook", "status-callback", "media"]) files[`lambda/${name}.js`] = lambda;
  files["twilioserverless/functions/voice-fallback.protected.js"] = twilioFunction;
  files["twilioserverless/assets/prompts/en/hello.mp3"] = "ID3";
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(outDir, name)), { recursive: true });
    await writeFile(path.join(outDir, name), text);
  }
  return outDir;
}
