import { stableMark } from "./action-url.ts";
import { type Checkpoint, mediaRung, type SealedUrl, sealUrl } from "./checkpoint.ts";
import type { TrailEntry } from "./checkpoint-store.ts";
import type { Engine } from "./engine.ts";
import { FlowError, UnknownStepError } from "./errors.ts";
import { type Flow, findStep } from "./flow.ts";
import type { YieldingVerb } from "./input.ts";
import { limits } from "./limits.ts";
import { rungs } from "./media.ts";
import { sheds } from "./shed.ts";
import { numbered, type RenderContext, renderTwiml } from "./twiml.ts";
import { type Aside, asidesOf, endsDocument, type Verb, verbLength, verbNames, verbsFrom, yields } from "./verbs.ts";

/** The flow of a checkpoint. @throws UnknownStepError when this build has no such flow */
export function flowOf(engine: Engine, c: Checkpoint): Flow {
  const flow = engine.flows.get(c.flow);
  if (flow === undefined) throw new UnknownStepError(`this build has no flow '${c.flow}'`);
  return flow;
}

/**
 * The checkpoint's step as this build has it, under its present name.
 *
 * @throws UnknownStepError when a deployment removed it
 */
export function stepOf(engine: Engine, c: Checkpoint) {
  const found = findStep(flowOf(engine, c), c.step);
  if (found === undefined) throw new UnknownStepError(`flow '${c.flow}' has no step '${c.step}'`);
  return found;
}

/** The verbs that the caller hears at a checkpoint: pure, so the same checkpoint gives the same verbs. */
export function verbsAt(engine: Engine, c: Checkpoint): readonly Verb[] {
  const { step } = stepOf(engine, c);
  const { visits, attempt, unsure, language } = c;
  const verbs = step.prompt(c.data, { visits, attempt, unsure, language });
  const length = verbs.reduce((sum, verb) => sum + verbLength(verb), 0);
  if (length > limits.verbsPerDocumentMax) throw new FlowError(`step '${c.step}': a document of ${length} verbs`);
  return verbs;
}

/** The verb whose answer the document of a checkpoint waits for, the last one if there are several. */
export function askingVerb(engine: Engine, c: Checkpoint): YieldingVerb | undefined {
  // the last step waits for nothing: what failed led to it
  if (stepOf(engine, c).step.next === undefined) return undefined;
  return verbsAt(engine, c)
    .map(yields)
    .findLast((verb) => verb !== undefined);
}

/**
 * Can the document of a checkpoint send the call out of the flow? A raw element without our action URL may: a Redirect, or a
 * verb whose default action is the URL of its document [D gather, record pages].
 */
export function leavesFlow(engine: Engine, c: Checkpoint): boolean {
  return verbsAt(engine, c).some(
    (verb) => verb.verb === "redirect" || (verb.verb === "raw" && yields(verb) === undefined),
  );
}

/** The document of a checkpoint as TwiML, with sealed URLs on the leg where the call now is. */
export function documentAt(engine: Engine, callSid: string, c: Checkpoint): string {
  const { documents } = engine;
  if (documents === undefined) return render(engine, callSid, c);
  const key = `${callSid} ${JSON.stringify(c)}`;
  const known = documents.get(key);
  if (known !== undefined) return known;
  const twiml = render(engine, callSid, c);
  documents.set(key, twiml);
  return twiml;
}

function render(engine: Engine, callSid: string, c: Checkpoint): string {
  const { step } = stepOf(engine, c);
  const all = verbsAt(engine, c);
  const verbs = verbsFrom(all, c.from);
  const goesOn = step.next !== undefined;
  const last = verbs.at(-1);
  const { current, other, sealed } = places(engine, callSid, c);
  const asides = asidesOf(all);

  // Silence is an answer too: what no verb ends goes on by itself, under a name that needs no parameters.
  const end = all.reduce((sum, verb) => sum + verbLength(verb), 0);
  const onward: { verb: Verb; index: number }[] =
    goesOn && (last === undefined || !endsDocument(last.verb))
      ? [{ verb: { verb: "redirect", url: engine.urls.action(current, c.flow, sealed("next", end)) }, index: end }]
      : [];
  return renderTwiml([...verbs, ...onward], {
    language: c.language,
    plain: c.plain,
    actionUrl: (verb, index) => (goesOn ? engine.urls.action(current, c.flow, sealed(verb, index)) : undefined),
    // crossed paths: losing one leg still leaves the outcome
    statusUrl: (verb, index) => (goesOn ? engine.urls.status(other, c.flow, sealed(verb, index)) : undefined),
    asideUrl: (kind, aside) => engine.urls.aside(current, c.flow, sealed(kind, asides.indexOf(aside))),
    mediaUrl: mediaUrls(engine, c, (index) => {
      const stable = flowOf(engine, c).mediaUrls === "stable";
      return stable ? stableMark({ flow: c.flow, step: c.step, index }) : sealed("play", index);
    }),
  });
}

/** On which leg a document's URLs are, and how they carry its checkpoint. */
function places(engine: Engine, callSid: string, c: Checkpoint) {
  const current = c.away > 0 ? "fallback" : "primary";
  const other = c.away > 0 ? "primary" : "fallback";
  const sealed = (verb: SealedUrl["verb"], index: number) => sealUrl(engine.sealer, callSid, c, verb, index);
  return { current, other, sealed } as const;
}

function mediaUrls(engine: Engine, c: Checkpoint, mark: (index: number) => string): RenderContext["mediaUrl"] {
  // the fallback's host serves files without any code of ours
  const host = sheds(engine.shed ?? "none", "media") ? "fallback" : engine.leg;
  const rung = c.plain ? "text" : rungs[mediaRung(c, host)];
  return (file, index) => (rung === "text" ? undefined : engine.urls.media(rung, file, mark(index)));
}

/**
 * A document beside that of a checkpoint, see `Aside`. Its own key leads back to its URL; all of its files share its mark, so
 * that ErrorUrl names it whatever failed.
 *
 * @param callSid of the call that the checkpoint belongs to
 */
export function asideAt(
  engine: Engine,
  callSid: string,
  c: Checkpoint,
  kind: "whisper" | "wait",
  index: number,
): string | undefined {
  const aside = asidesOf(verbsAt(engine, c))[index];
  if (aside === undefined) return undefined;
  const { current, sealed } = places(engine, callSid, c);
  return renderTwiml(numbered(asideVerbs(kind, aside)), {
    language: c.language,
    plain: c.plain,
    actionUrl: () => engine.urls.aside(current, c.flow, sealed(kind, index)),
    statusUrl: () => undefined,
    asideUrl: () => undefined,
    mediaUrl: mediaUrls(engine, c, () => sealed(kind, index)),
  });
}

/** The key by which an aside is left, if it has one. */
export function asideKey(engine: Engine, c: Checkpoint, index: number): string | undefined {
  return asidesOf(verbsAt(engine, c))[index]?.key;
}

function asideVerbs(kind: "whisper" | "wait", { prompts, key }: Aside): readonly Verb[] {
  if (key === undefined) return prompts;
  const asked: Verb = { verb: "gather", attributes: { numDigits: 1, finishOnKey: "" }, prompts };
  // who does not accept is not connected; who waits goes on waiting, for the document is asked for again
  return kind === "whisper" ? [asked, { verb: "hangup" }] : [asked];
}

/** The part of the per-verb trail that a document adds. */
export function trailAt(engine: Engine, c: Checkpoint, atMs: number): TrailEntry {
  const { turn, attempt, step, from } = c;
  return { turn, attempt, step, leg: engine.leg, atMs, from, verbs: verbNames(verbsAt(engine, c)).slice(from) };
}
