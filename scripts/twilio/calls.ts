import type { CallParameters, Calls } from "../../core/place-call.ts";
import { type RestClient, readRestError } from "./rest.ts";

/** More calls between the same two numbers than this in a short time: which one was ours cannot be told. */
const alike = 2;

/** The Calls resource, as `placeCall` needs it, by Twilio's official client. */
export function twilioCalls(client: RestClient): Calls {
  return {
    async create(parameters: CallParameters) {
      try {
        const { sid } = await client.calls.create({ ...parameters });
        return { sid };
      } catch (error) {
        const told = readRestError(error);
        if (told.kind === "refused") return { refused: told.reason };
        throw error;
      }
    },
    async find(to, from, sinceMs) {
      const found = await client.calls.list({ to, from, startTimeAfter: new Date(sinceMs), limit: alike });
      return found.length === 1 ? found[0]?.sid : undefined;
    },
  };
}
