import { closeNetwork } from "../world/outside-service.ts";

let users = 0;
let reopen: (() => void) | undefined;

/** Runs something for which `fetch` reaches the rehearsal's outside service alone; several may run at once. */
export async function withoutNetwork<T>(run: () => Promise<T>): Promise<T> {
  users += 1;
  reopen ??= closeNetwork();
  try {
    return await run();
  } finally {
    users -= 1;
    if (users === 0) {
      reopen();
      reopen = undefined;
    }
  }
}
