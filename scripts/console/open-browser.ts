import { spawn } from "node:child_process";

/** The program that opens an address, as a person's own browser; undefined: nobody sits here, or there is no screen. */
export function opener(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): string | undefined {
  if (env.CI || env.SSH_CONNECTION || !isTerminal) return undefined;
  if (platform === "darwin") return "open";
  if (platform === "linux" && (env.DISPLAY || env.WAYLAND_DISPLAY)) return "xdg-open";
  return undefined;
}

/** Its failure is nobody's trouble: the address is printed as well. */
export function openBrowser(program: string, url: string): void {
  const child = spawn(program, [url], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
