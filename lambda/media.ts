import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { limits } from "../core/limits.ts";
import { mediaFile } from "../core/names.ts";

const types: Readonly<Record<string, string>> = { mp3: "audio/mpeg", wav: "audio/wav" };
const mediaPath = new RegExp(`/media/[^/]+/(${mediaFile})$`);
const folder = join(__dirname, "assets", "prompts");

/**
 * `/media/{sealed checkpoint}/{file}`: prompt audio of the primary leg. Not signed: it is not documented that Twilio
 * signs media requests, and prompts are public. The sealed checkpoint is for whoever reads ErrorUrl, not for us.
 */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const [, file] = mediaPath.exec(event.rawPath) ?? [];
  const type = types[file?.split(".").at(-1) ?? ""];
  const audio = file && (await readFile(join(folder, file)).catch(() => undefined));
  if (!audio || type === undefined)
    return { statusCode: 404, headers: { "content-type": "text/plain" }, body: "no such prompt" };
  const etag = `"${createHash("sha256").update(audio).digest("base64url").slice(0, 22)}"`;
  const headers = { "content-type": type, etag, "cache-control": `public, max-age=${limits.mediaMaxAgeSec}` };
  const held = event.headers["if-none-match"]?.split(",").map((one) => one.trim().replace(/^W\//, "")) ?? [];
  if (held.includes(etag) || held.includes("*")) return { statusCode: 304, headers };
  return { statusCode: 200, headers, body: audio.toString("base64"), isBase64Encoded: true };
}
