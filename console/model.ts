import { afterEvent, type CallView, viewOf } from "./call-view.ts";
import {
  type Breakers,
  breakerNames,
  type ConsoleEvent,
  callsKept,
  type FlowInfo,
  type RehearsalState,
  type State,
} from "./protocol.ts";

/** All that the page knows. */
export interface Model {
  readonly flows: readonly FlowInfo[];
  /** the newest first */
  readonly calls: readonly CallView[];
  readonly breakers: Breakers;
  /** calls of a deployed stack can be looked up */
  readonly canTrace: boolean;
  /** the last rehearsal of each flow */
  readonly rehearsals: ReadonlyMap<string, RehearsalState>;
  /** the last event that was applied */
  readonly seenId: number;
  /** events up to this one are in the state that the page began with */
  readonly stateId: number;
}

const rehearsalsMax = 20;

/** The model before the first event. `seenId` is 0: the events that are kept bring the ladders of earlier calls. */
export function modelOf({ flows, calls, breakers, rehearsal, lastEventId, canTrace }: State): Model {
  const rehearsals = new Map(rehearsal === undefined ? [] : [[rehearsal.flow, rehearsal] as const]);
  const views = calls.slice(-callsKept).toReversed().map(viewOf);
  return { flows, calls: views, breakers, canTrace, rehearsals, seenId: 0, stateId: lastEventId };
}

export const noBreakers: Breakers = Object.fromEntries(breakerNames.map((name) => [name, false])) as Breakers;

/** The model after an event. One that was seen, because the stream was resumed, changes nothing. */
export function applied(model: Model, id: number, event: ConsoleEvent): Model {
  if (id <= model.seenId) return model;
  const next = { ...model, seenId: id };
  switch (event.kind) {
    case "breaker": {
      const known = id <= model.stateId ? model.breakers : { ...model.breakers, [event.name]: event.on };
      const calls = model.calls.map((view) => (view.summary.state === "ended" ? view : afterEvent(view, event, id)));
      return { ...next, breakers: known, calls };
    }
    case "rehearsal.progress":
    case "rehearsal.done":
      return id <= model.stateId ? next : { ...next, rehearsals: withRehearsal(model.rehearsals, event.rehearsal) };
    case "call.dropped":
      return { ...next, calls: model.calls.filter(({ summary }) => summary.id !== event.callId) };
    case "call.began": {
      const others = model.calls.filter(({ summary }) => summary.id !== event.callId);
      const isOld = others.length < model.calls.length;
      const view = afterEvent(viewOf(event.call), event, id);
      // one that the state had keeps its place
      const calls = isOld
        ? model.calls.map((one) => (one.summary.id === event.callId ? view : one))
        : [view, ...others].slice(0, callsKept);
      return { ...next, calls };
    }
    default: {
      const calls = model.calls.map((view) => (view.summary.id === event.callId ? afterEvent(view, event, id) : view));
      return { ...next, calls };
    }
  }
}

function withRehearsal(known: Model["rehearsals"], rehearsal: RehearsalState): Model["rehearsals"] {
  const next = new Map(known);
  next.delete(rehearsal.flow);
  next.set(rehearsal.flow, rehearsal);
  const [oldest] = next.keys();
  if (next.size > rehearsalsMax && oldest !== undefined) next.delete(oldest);
  return next;
}
