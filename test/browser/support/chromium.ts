import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Debian's package `chromium` puts it. */
const debianPath = "/usr/bin/chromium";

/** No sandbox: the gate runs as root in a container. The others keep Chromium from calling its maker. */
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What Chromium itself would stop is let through, so that the server's own checks are what is tested. */
const withoutLocalNetworkChecks = "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests";

/**
 * The path of Chromium: `CHROMIUM_PATH`, or Debian's.
 * @throws Error that says how to install it; no test is skipped for want of a browser
 */
export function chromiumPath(env: NodeJS.ProcessEnv, exists: (path: string) => boolean = existsSync): string {
  const path = env.CHROMIUM_PATH || debianPath;
  if (exists(path)) return path;
  const mend = "Install the Debian package: apt-get install chromium; or set CHROMIUM_PATH to a Chromium or Chrome.";
  throw new Error(`These tests need Chromium, and there is none at ${path}. ${mend}`);
}

/** @param resolve names that lead to this machine, as rebound names do */
export function launchChromium(resolve: readonly string[] = []): Promise<Browser> {
  const rules = resolve.map((name) => `MAP ${name} 127.0.0.1`).join(", ");
  const rebound = rules === "" ? [] : [`--host-resolver-rules=${rules}`];
  return chromium.launch({
    executablePath: chromiumPath(process.env),
    args: [...quiet, withoutLocalNetworkChecks, ...rebound],
  });
}
