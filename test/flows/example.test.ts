import { test } from "vitest";
import { defineFlow, gather, goTo, hangup, say } from "../../core/index.ts";
import { runEffect } from "../../flows/service.ts";
import { callFlow, everySingleFault } from "../../rehearsal/kit/index.ts";

type Step = "seats" | "coming" | "nothing";
interface Data {
  readonly seats: string;
  readonly reference: string;
}

const taxi = defineFlow<Step, Data>({
  name: "taxi",
  start: "seats",
  steps: {
    seats: {
      prompt: () => [gather({ numDigits: 1 }, say("For how many people, 1 to 4?"))],
      inDoubt: "nothing",
      next: async ({ input, visits, once, settings, call }) => {
        const seats = input.kind === "digits" ? input.digits : "";
        if (!/^[1-4]$/.test(seats)) return goTo(visits < 3 ? "seats" : "nothing");
        const order = { effect: "order", callSid: call.sid, arguments: { seats } };
        const run = (key: string, signal: AbortSignal) => runEffect(settings.TAXIS_URL, order, key, signal);
        return goTo("coming", { seats, reference: await once("order", run, { inDoubt: "retry" }) });
      },
    },
    coming: {
      prompt: ({ seats, reference }) => [say(`A taxi for ${seats} is coming, number ${reference}.`), hangup()],
    },
    nothing: { prompt: () => [say("Nothing was ordered for certain. Please call again."), hangup()] },
  },
  lastResort: () => [say("We are sorry. Please call again."), hangup()],
});

test("a caller orders a taxi", async () => {
  const call = await callFlow(taxi);
  call.hears("For how many people");
  await call.press("3");
  call.hears(/A taxi for 3 is coming, number R-\w+/);
  call.did("order", { seats: "3" });
  call.didNothingElse();
  call.at("coming", { seats: "3" });
  call.ended("hangup");
});

test("a caller whose request is lost is asked again on the other leg", async () => {
  const call = await callFlow(taxi);
  call.breaks("request", "refused");
  await call.press("3");
  call.hears("For how many people");
  call.on("fallback");
  await call.press("3");
  call.did("order", { seats: "3" });
  call.ended("hangup");
});

test("a caller gets one taxi when neither the service's answer nor ours comes back", async () => {
  const call = await callFlow(taxi);
  call.breaks("effect", "unheard");
  call.breaks("request", "answer-lost");
  await call.press("2");
  call.hears("A taxi for 2 is coming");
  call.did("order", { seats: "2" });
  call.ended("hangup");
});

test("a caller gets one taxi whatever breaks", async () => {
  await everySingleFault(taxi, "9,silence,4");
});
