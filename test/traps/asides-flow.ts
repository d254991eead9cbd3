import { defineFlow, dial, enqueue, goTo, hangup, number, say, wait, whisper } from "../../core/index.ts";

/** Has documents beside the call: one for the person who is called, one for the caller who waits. */
export const asides = defineFlow<"ring" | "queue" | "end", Record<never, never>>({
  name: "asides",
  start: "ring",
  steps: {
    ring: {
      prompt: () => [dial(number("+815099999999", { whisper: whisper([say("Tom & Jerry call")], { accept: "1" }) }))],
      next: () => goTo("queue"),
    },
    queue: {
      prompt: () => [enqueue("desk", { wait: wait([say("wait & see")], { leave: "9" }) })],
      next: () => goTo("end"),
    },
    end: { prompt: () => [say("bye"), hangup()] },
  },
  lastResort: () => [say("last resort"), hangup()],
});
