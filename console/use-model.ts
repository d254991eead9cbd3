import { useEffect, useRef, useState } from "preact/hooks";
import type { Client } from "./client.ts";
import { applied, type Model, modelOf } from "./model.ts";
import type { ConsoleEvent, State } from "./protocol.ts";

/** The model, kept as the server's events tell; redrawn once a frame, however many come. */
export interface Watched {
  readonly model: Model | undefined;
  readonly connected: boolean;
  readonly error: string | undefined;
}

/** @param live told of each event that happens now, not of those from before the page was opened */
export function useModel(client: Client, live: (event: ConsoleEvent) => void): Watched {
  const [watched, setWatched] = useState<Watched>({ model: undefined, connected: false, error: undefined });
  const told = useRef(live);
  told.current = live;
  useEffect(() => {
    let model: Model | undefined;
    let isOver = false;
    let wasLost = false;
    let stop = () => {};
    let timer: ReturnType<typeof setTimeout> | undefined;
    const redraw = () => {
      // a timer, not a frame: a hidden page has none, and must not fall behind
      timer ??= setTimeout(() => {
        timer = undefined;
        setWatched((before) => ({ ...before, model }));
      }, 16);
    };
    // a rehearsal has new coverage for the graphs
    const recolour = async () => {
      const answer = await client.get<State>("/api/state");
      if (model === undefined || answer.kind === "refused") return;
      model = { ...model, flows: answer.value.flows };
      redraw();
    };
    void client.get<State>("/api/state").then((answer) => {
      if (isOver) return;
      if (answer.kind === "refused") {
        setWatched({ model: undefined, connected: false, error: answer.message });
        return;
      }
      model = modelOf(answer.value);
      redraw();
      stop = client.listen(
        (id, event) => {
          if (model === undefined || id <= model.seenId) return;
          model = applied(model, id, event);
          redraw();
          if (id <= model.stateId) return;
          told.current(event);
          if (event.kind === "rehearsal.done") void recolour();
        },
        (connected) => {
          setWatched((before) => ({ ...before, connected }));
          if (!connected) wasLost = true;
          else if (wasLost) void reloadIfNew(client, () => model?.seenId ?? 0);
        },
      );
    });
    return () => {
      isOver = true;
      clearTimeout(timer);
      stop();
    };
  }, [client]);
  return watched;
}

/** A server that knows fewer events than the page was started anew: its calls and its token are others. */
async function reloadIfNew(client: Client, seenId: () => number): Promise<void> {
  const answer = await client.get<State>("/api/state");
  if (answer.kind === "refused" || answer.value.lastEventId < seenId()) location.reload();
}
