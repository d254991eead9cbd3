import { type Clock, systemClock } from "../../../core/clock.ts";

const nowMs = () => performance.timeOrigin + performance.now();

/** The machine's clock in fractions of a millisecond, which nobody sets back in the middle of a measurement. Never wakes early. */
export const steadyClock: Clock = {
  ...systemClock,
  nowMs,
  sleep: async (ms) => {
    const untilMs = nowMs() + ms;
    // timers of Node count whole milliseconds of a clock that is read once a turn: some ring a little early
    for (let leftMs = ms; leftMs > 0; leftMs = untilMs - nowMs()) await systemClock.sleep(Math.ceil(leftMs));
  },
};
