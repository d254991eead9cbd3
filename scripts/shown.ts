/**
 * Wrong arguments as an error may repeat them. What was given in the wrong place may be a number, a token or a seal, and errors end up
 * in logs of shells and of CI: only what looks like a word, a short number or a path of words is shown.
 */
const innocent = /^(?=.{1,60}$)(?!.*\d{4})(?!.*[\w=-]{25})[\w.,:~=/'-]*$/;
/** mixed from letters and digits, as tokens are and words are not */
const mixed = /(?=[a-z_-]*\d[a-z_-]*\d)[\w-]{12,}/i;

/** @returns the text, or `…` where it could be somebody's, or a secret */
export function shown(text: string): string {
  return innocent.test(text) && !mixed.test(text) ? text : "…";
}

/** Why `parseArgs` refused, in one sentence. */
export function whyRefused(error: unknown): string {
  const { code, message = "" } = error as { readonly code?: string; readonly message?: string };
  const [, option = ""] = /^Unknown option '(.*?)'(?:\. To specify|$)/s.exec(message) ?? [];
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") return `Unknown option '${shown(option)}'`;
  const [, argument = ""] = /^Unexpected argument '(.*?)'\. This command/s.exec(message) ?? [];
  if (code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL") return `Unexpected argument '${shown(argument)}'`;
  // all that remains names options of ours
  if (code === "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") return (message.split("\n", 1)[0] ?? "").replace(/\. .*/s, "");
  return "wrong arguments";
}

const settingCharactersMin = 8;

/**
 * A text of somebody's flow, or an error of it, without the values of settings: a setting may be a service's token.
 * @param settings of the flow; short ones are words and counts, and stay
 */
export function withoutSettings(text: string, settings: Readonly<Record<string, string>>): string {
  const values = Object.entries(settings).filter(([, value]) => value.length >= settingCharactersMin);
  const longestFirst = values.toSorted(([, one], [, other]) => other.length - one.length);
  return longestFirst.reduce(
    (all, [name, value]) =>
      [value, encodeURIComponent(value)].reduce((left, one) => left.replaceAll(one, `{FLOW_${name}}`), all),
    text,
  );
}
