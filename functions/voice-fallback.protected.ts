import { door, lastResortReply } from "./door.ts";
import { handleVoice } from "./turns.ts";

/** The fallback URL: resumes the call at the verb where it broke. */
export const handler = door("/voice-fallback", handleVoice, lastResortReply);
