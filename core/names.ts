/**
 * The forms of names that stand in URLs, as sources of regular expressions: flows and steps are named by authors, all
 * else is made by us. None needs percent-encoding.
 */
export const flowName = "[a-z][a-z0-9-]*";
export const stepName = "[A-Za-z][A-Za-z0-9_-]*";
export const sealedText = "[a-z0-9]{1,8}\\.[A-Za-z0-9_-]+";
/** below `prompts/`: a plain path of at most one folder */
export const mediaFile = "(?:[a-z0-9][a-z0-9-]*\\/)?[a-z0-9][a-z0-9-]*\\.(?:mp3|wav)";

/** Matches a whole text of one of these forms. */
export function whole(source: string): RegExp {
  return new RegExp(`^${source}$`);
}
