import type { IncomingMessage, ServerResponse } from "node:http";
import type { EventLog, NumberedEvent } from "./events.ts";

/** A page or two, each with a few connections that the browser has not yet let go. */
const streamsMax = 16;
/** A page that does not read is told to come again. */
const unreadBytesMax = 8 * 1024 * 1024;
const beatMs = 15_000;

export interface Streams {
  /** @returns false: too many are open */
  open(request: IncomingMessage, response: ServerResponse): boolean;
  closeAll(): void;
}

/** Server-sent events. [D HTML standard, 9.2 Server-sent events] */
export function createStreams(log: EventLog): Streams {
  const open = new Set<ServerResponse>();
  return {
    open: (request, response) => {
      if (open.size >= streamsMax) return false;
      open.add(response);
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", connection: "keep-alive" });
      const write = ({ id, event }: NumberedEvent) => {
        if (response.writableLength > unreadBytesMax) response.destroy();
        else response.write(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
      };
      const asked = Number(request.headers["last-event-id"] ?? "0");
      const { events, gap } = log.since(Number.isSafeInteger(asked) && asked >= 0 ? asked : 0);
      response.write(gap ? "retry: 1000\nevent: gap\ndata: {}\n\n" : "retry: 1000\n\n");
      // what was kept is written whole, whatever its size: it is bounded by its number
      for (const { id, event } of events) response.write(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
      const endListening = log.listen(write);
      const beat = setInterval(() => response.write(": beat\n\n"), beatMs);
      response.once("close", () => {
        clearInterval(beat);
        endListening();
        open.delete(response);
      });
      return true;
    },
    closeAll: () => {
      for (const response of open) response.destroy();
    },
  };
}
