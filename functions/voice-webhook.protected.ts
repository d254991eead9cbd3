import { door, lastResortReply } from "./door.ts";
import { takeOrResume } from "./turns.ts";

/** Action URLs of a call that failed over. */
export const handler = door("/voice-webhook", takeOrResume, lastResortReply);
