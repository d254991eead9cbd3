import type { Urls } from "../../../core/action-url.ts";
import type { Flow } from "../../../core/flow.ts";
import { createExpectation, type Expect } from "../../../rehearsal/checkers/expectation.ts";
import { defaultDialect } from "../../../rehearsal/dialect.ts";
import type { Script } from "../../../rehearsal/model/derive-scripts.ts";
import { createStage, type Stage } from "../../../rehearsal/world/stage.ts";
import { scriptsOf } from "../../rehearse/rehearsable.ts";

/** One flow with its callers, in one of the worlds that are compared. */
export interface Rehearsed {
  readonly stage: Stage;
  readonly expect: Expect;
  readonly scripts: readonly Script[];
}

/** The same legs twice: as deployed, and with URLs that ask Twilio for nothing. */
export type World = "as deployed" | "Twilio's defaults";

/** Every open question about Twilio has its most plausible answer. */
export const dialect = { name: "default", dialect: defaultDialect } as const;

/** @param scriptsMax of each flow, the longest first */
export async function rehearsedFlows(
  flows: readonly Flow[],
  world: World,
  scriptsMax: number,
): Promise<readonly Rehearsed[]> {
  return Promise.all(
    flows.map(async (flow) => {
      const { scripts } = await scriptsOf(flow, {});
      const longestFirst = scripts.toSorted((one, other) => other.answers.length - one.answers.length);
      const stage = world === "as deployed" ? createStage(flow) : withoutOverrides(createStage(flow));
      return { stage, expect: createExpectation(stage), scripts: longestFirst.slice(0, scriptsMax) };
    }),
  );
}

/** A stage whose URLs, in documents and of the number, end before their connection overrides. */
export function withoutOverrides(stage: Stage): Stage {
  const { urls } = stage;
  const made: Omit<Urls, "parse"> = {
    voice: (...given) => bare(urls.voice(...given)),
    fallback: (...given) => bare(urls.fallback(...given)),
    callStatus: (...given) => bare(urls.callStatus(...given)),
    action: (...given) => bare(urls.action(...given)),
    aside: (...given) => bare(urls.aside(...given)),
    status: (...given) => bare(urls.status(...given)),
    media: (...given) => bare(urls.media(...given)),
  };
  return {
    ...stage,
    urls: { ...made, parse: urls.parse },
    urlsOf: (language) => {
      const { voiceUrl, fallbackUrl, statusCallbackUrl } = stage.urlsOf(language);
      return {
        voiceUrl: bare(voiceUrl),
        fallbackUrl: bare(fallbackUrl),
        statusCallbackUrl: bare(statusCallbackUrl),
      };
    },
  };
}

function bare(url: string): string {
  const hash = url.indexOf("#");
  return hash < 0 ? url : url.slice(0, hash);
}
