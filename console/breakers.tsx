import { type BreakerName, type Breakers as BreakerStates, breakerNames } from "./protocol.ts";
import { breakerWords, isOneShot } from "./words.ts";

interface BreakersProps {
  readonly breakers: BreakerStates;
  readonly onSet: (name: BreakerName, on: boolean) => void;
}

/** Faults to press while a call is on; each says what will happen. */
export function Breakers({ breakers, onSet }: BreakersProps) {
  return (
    <section class="card" aria-labelledby="breakers-title">
      <h2 id="breakers-title">Breakers</h2>
      <p class="quiet">Press one in the middle of a call. What you hear next is the proof.</p>
      <ul class="breakers">
        {breakerNames.map((name) => (
          <li key={name}>
            <button
              type="button"
              role="switch"
              aria-checked={breakers[name]}
              aria-describedby={`what-${name}`}
              onClick={() => onSet(name, !breakers[name])}
            >
              <span>{breakerWords[name].label}</span>
              <span class="state" aria-hidden="true">
                {stateText(name, breakers[name])}
              </span>
            </button>
            <p class="quiet" id={`what-${name}`}>
              {breakerWords[name].what}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function stateText(name: BreakerName, on: boolean): string {
  if (isOneShot(name)) return on ? "Armed" : "Once";
  return on ? "On" : "Off";
}
