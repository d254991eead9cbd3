import { silence } from "../core/aside.ts";
import { document, door } from "./door.ts";
import { handleVoice } from "./turns.ts";

/** Whisper and wait documents of this leg. Whatever goes wrong, nobody is carried away from where they are. */
export const handler = door("/voice-aside", handleVoice, ({ reason }) => ({
  ...document(silence),
  log: { event: "turn.aside", reason },
}));
