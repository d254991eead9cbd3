import { door, lastResortReply } from "./door.ts";
import { handleVoice } from "./turns.ts";

/** Action URLs of a call that failed over. */
export const handler = door("/voice-webhook", handleVoice, lastResortReply);
