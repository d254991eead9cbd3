/** What keeps the stack from running, said in one line to the person who started it. */
export class StackError extends Error {
  override name = "StackError";
}

/** Which flag moves which port. */
export const portFlags = {
  table: "--table-port",
  primary: "--primary-port",
  fallback: "--fallback-port",
  effects: "--effects-port",
  console: "--console-port",
} as const;

export type PortOwner = keyof typeof portFlags;

/** The one line for a failed `listen`, e.g. "Port 4100 (primary) is taken: stop what uses it or choose another with --primary-port." */
export function listenError(owner: PortOwner, port: number, code: string | undefined): StackError {
  if (code === "EADDRINUSE") {
    return new StackError(
      `Port ${port} (${owner}) is taken: stop what uses it, or choose another with ${portFlags[owner]}.`,
    );
  }
  if (code === "EACCES") {
    return new StackError(
      `Port ${port} (${owner}) is not allowed to this user: choose one of 1024 or above with ${portFlags[owner]}.`,
    );
  }
  return new StackError(`Port ${port} (${owner}) cannot be listened on (${code ?? "unknown error"}).`);
}
