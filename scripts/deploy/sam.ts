/** What samconfig.toml says, as far as it is ours: it is written by hand, and `sam deploy` alone uses it too. */
export interface SamSettings {
  readonly stack: string;
  readonly region: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Reads samconfig.toml: no TOML in general, but the form in which the file is kept.
 * @param region the environment's, which counts more
 */
export function readSamSettings(text: string, region: string | undefined): SamSettings {
  const value = (name: string) => new RegExp(`^${name}\\s*=\\s*"([^"]*)"`, "m").exec(text)?.[1];
  const [, list = ""] = /^parameter_overrides\s*=\s*\[([^\]]*)\]/m.exec(text) ?? [];
  const pairs = [...list.matchAll(/"([A-Za-z0-9]+)=([^"]*)"/g)].map(([, name, given]) => [name, given]);
  return {
    stack: value("stack_name") ?? "stayline",
    region: region || (value("region") ?? ""),
    parameters: Object.fromEntries(pairs),
  };
}

/** The names under Parameters in the template. */
export function templateParameters(template: string): string[] {
  const [, section = ""] = /^Parameters:\n((?: .*\n|\n)*)/m.exec(template) ?? [];
  return [...section.matchAll(/^ {2}([A-Za-z0-9]+):/gm)].map(([, name = ""]) => name);
}

/** `FLOW_BOOKINGS_URL` is the template's parameter `FlowBookingsUrl`. */
export function parameterName(variableName: string): string {
  return variableName
    .toLowerCase()
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
