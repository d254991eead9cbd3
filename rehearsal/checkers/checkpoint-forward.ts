import type { Checker } from "./checker.ts";

/** The checkpoint in the table can always be read, and never goes back to where the call was before. */
export const checkpointForward: Checker = (call) =>
  call.writes.flatMap(({ backwards, decodes, from, to, leg }) => {
    const place = `${to.turn}.${to.attempt}`;
    return [
      ...(backwards ? [`the ${leg} leg took the table back from ${from?.turn}.${from?.attempt} to ${place}`] : []),
      ...(decodes ? [] : [`the checkpoint at ${place} cannot be opened`]),
    ];
  });
