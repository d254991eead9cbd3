/** One textual change of one source file. */
export interface Replacement {
  /** relative to the project */
  readonly file: string;
  /** occurs exactly once in the file */
  readonly find: string;
  readonly replace: string;
}

/** A rule taken out of the source, or a part of it. */
export interface Mutation {
  /** what the source then does, as the end of the sentence "without the rule ..." */
  readonly without: string;
  readonly replacements: readonly Replacement[];
}

/** A rule of the protocol, the test that proves it, and the ways in which the source can lose it. */
export interface Rule {
  readonly name: string;
  /** test file, relative to the project */
  readonly test: string;
  readonly mutations: readonly Mutation[];
}

export type Mutated =
  | { readonly kind: "mutated"; readonly text: string }
  | { readonly kind: "stale"; readonly reason: string };

/** Applies the replacements that belong to `file`. A replacement whose text is not there exactly once is stale. */
export function mutated(mutation: Mutation, file: string, text: string): Mutated {
  let changed = text;
  for (const { find, replace } of mutation.replacements.filter((replacement) => replacement.file === file)) {
    const parts = changed.split(find);
    if (parts.length !== 2) {
      const times = parts.length - 1;
      return { kind: "stale", reason: `${file} has this text ${times} times instead of once: ${find}` };
    }
    changed = parts.join(replace);
  }
  return { kind: "mutated", text: changed };
}

/** @returns one line for each replacement of the mutation that no longer applies, or changes nothing */
export function staleReplacements(mutation: Mutation, read: (file: string) => string | undefined): string[] {
  const files = [...new Set(mutation.replacements.map(({ file }) => file))];
  if (files.length === 0) return [`"${mutation.without}" replaces nothing`];
  return files.flatMap((file) => {
    const text = read(file);
    if (text === undefined) return [`${file} does not exist`];
    const result = mutated(mutation, file, text);
    if (result.kind === "stale") return [result.reason];
    return result.text === text ? [`"${mutation.without}" changes nothing in ${file}`] : [];
  });
}
