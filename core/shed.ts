/**
 * What is left out under a load that is too much, in this order; each level has those before it. `effects`: letters of the outbox
 * stay where they are. `media`: prompts are played from the static host, so that no file costs an invocation. `sorry`: new callers
 * hear the sorry message.
 */
import type { SorrySwitch } from "./sorry-switch.ts";

export const shedLevels = ["none", "effects", "media", "sorry"] as const;
export type ShedLevel = (typeof shedLevels)[number];

/**
 * The level that the environment's `SHED` names: a parameter of the deployment, so looking costs nothing.
 *
 * @returns `none` for anything else: what is no level sheds nothing
 */
export function shedLevel(env: Readonly<Record<string, string | undefined>>): ShedLevel {
  return shedLevels.find((level) => level === env.SHED) ?? "none";
}

/** Is this left out at that level? */
export function sheds(level: ShedLevel, what: Exclude<ShedLevel, "none">): boolean {
  return shedLevels.indexOf(level) >= shedLevels.indexOf(what);
}

/** The switch of sorry mode as it is at a level: at `sorry`, on for all new callers, with what the switch says and whom it lets pass. */
export function sorryUnder(level: ShedLevel, sorry: SorrySwitch): SorrySwitch {
  if (!sheds(level, "sorry")) return sorry;
  const { untilMs: _until, flows: _flows, ...rest } = sorry;
  return { ...rest, on: true, scope: sorry.on ? sorry.scope : "new-calls" };
}
