import { defineFlow, type Flow, gather, goTo, hangup, KeyRefusedError, record, say } from "../../core/index.ts";

type Step = "listen" | "order" | "voicemail" | "choose" | "broken" | "end";
interface Data {
  readonly words: string;
  readonly reference: string;
  readonly recording: string;
}
type Settings = Readonly<Record<string, string>>;
type Once = (effect: string, signal: AbortSignal) => Promise<string>;

/** Asks the outside service, and repeats what that says, in a result or in an error. */
async function ask({ OUTSIDE_URL, SERVICE_TOKEN }: Settings, effect: string, body: object, signal: AbortSignal) {
  const answer = await fetch(`${OUTSIDE_URL}/${effect}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${SERVICE_TOKEN}` },
    body: JSON.stringify(body),
    signal,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${effect}: ${text}`);
  return text;
}

/** A careless flow: everything that it is told it keeps, says again, hands on and throws. */
const careless = defineFlow<Step, Data>({
  name: "careless",
  start: "listen",
  data: { words: "", reference: "", recording: "" },
  steps: {
    listen: {
      prompt: () => [gather({ input: "dtmf speech", timeout: 3 }, say("speak"))],
      next: ({ input }) => {
        if (input.kind === "speech") return goTo("order", { words: input.text });
        return input.kind === "digits" ? goTo("order", { words: input.digits }) : goTo("listen");
      },
    },
    order: {
      prompt: ({ words }) => [gather({ numDigits: 9 }, say(`heard ${words}, order?`))],
      inDoubt: "end",
      next: async ({ input, data, once, settings, call }) => {
        const given = { input, data, argument: settings.ARGUMENT, from: call.from, to: call.to };
        const run: Once = (_, signal) => ask(settings, "order", given, signal);
        return goTo("voicemail", { reference: await once("order", run, { inDoubt: "retry" }) });
      },
    },
    voicemail: {
      prompt: ({ reference }) => [say(`order ${reference}`), record({ maxLength: 30 })],
      next: ({ input }) => goTo("choose", { recording: input.kind === "recording" ? input.url : "none" }),
    },
    choose: {
      prompt: ({ recording }) => [gather({ numDigits: 1 }, say(`recorded ${recording}, choose`))],
      inDoubt: "end",
      next: async ({ input, data, once, settings, call }) => {
        const error = `${settings.FLOW_ERROR} ${data.words} ${data.recording} ${call.from} ${settings.SERVICE_TOKEN}`;
        switch (input.kind === "digits" ? input.digits : "") {
          case "1":
            throw new Error(error);
          case "2":
            throw error;
          case "3":
            throw Object.assign(new TypeError(error, { cause: new Error(error) }), { code: error, name: error });
          case "4":
            await once("refused", (_, signal) => ask(settings, "refuse", data, signal), { inDoubt: "retry" });
            return goTo("end");
          case "5":
            await once("key-refused", () => Promise.reject(new KeyRefusedError(settings.REFUSED ?? "")), {
              inDoubt: "retry",
            });
            return goTo("end");
          case "6":
            return goTo("broken");
          case "7": {
            const letter = { kind: "sms", to: settings.LETTER_TO ?? "", from: settings.LETTER_FROM ?? "" } as const;
            await once(
              "text",
              (_key, _signal, outbox) => outbox.send({ ...letter, body: settings.LETTER_TEXT ?? "" }),
              {
                inDoubt: "retry",
              },
            );
            return goTo("end");
          }
          default:
            return goTo("end");
        }
      },
    },
    broken: {
      prompt: ({ words }) => {
        throw new Error(words);
      },
    },
    end: { prompt: ({ words, reference }) => [say(`${words}, ${reference}, bye`), hangup()] },
  },
  lastResort: () => [say("last resort"), hangup()],
});

export const flows: readonly Flow[] = [careless];
