import { type ConsoleEvent, eventsKept } from "../../console/protocol.ts";

export interface NumberedEvent {
  readonly id: number;
  readonly event: ConsoleEvent;
}

/** What happened, for whoever looks now and whoever comes later. */
export interface EventLog {
  tell(event: ConsoleEvent): void;
  /** id of the latest; 0: nothing yet */
  lastId(): number;
  /** All kept behind an id; `gap`: some behind it are kept no longer, or it is from another run of the server. */
  since(id: number): { readonly events: readonly NumberedEvent[]; readonly gap: boolean };
  /** @returns what ends it */
  listen(listener: (event: NumberedEvent) => void): () => void;
}

/** @param kept how many */
export function createEventLog(kept: number = eventsKept): EventLog {
  const events: NumberedEvent[] = [];
  const listeners = new Set<(event: NumberedEvent) => void>();
  let lastId = 0;
  return {
    tell: (event) => {
      lastId += 1;
      const numbered = { id: lastId, event };
      events.push(numbered);
      if (events.length > kept) events.shift();
      for (const listener of listeners) listener(numbered);
    },
    lastId: () => lastId,
    since: (id) => {
      const known = id <= lastId ? id : 0;
      const first = events[0]?.id ?? lastId + 1;
      return { events: events.filter((one) => one.id > known), gap: id > lastId || (id > 0 && id < first - 1) };
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
