/** A sealed checkpoint in a URL: key id, dot, many base64url characters. File names have short extensions. */
const seal = /[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{20,}/g;

/** Puts `…` for every sealed checkpoint in a text; everything else stays. */
export function shortenSeals(text: string): string {
  return text.replace(seal, "…");
}

/** A URL without its connection overrides. */
export function withoutFragment(url: string): string {
  return url.split("#", 1)[0] ?? "";
}

/** The path of a media URL without sealed checkpoint and query: the same file has the same name at every verb. */
export function mediaName(url: string): string {
  const before = namedBefore.get(url);
  if (before !== undefined) return before;
  const path = URL.parse(url)?.pathname ?? url;
  const name = path
    .split("/")
    .filter((segment) => segment.replace(seal, "") !== "" || segment === "")
    .join("/");
  if (namedBefore.size >= namedMax) namedBefore.clear();
  namedBefore.set(url, name);
  return name;
}

/** A rehearsal plays the same files thousands of times. */
const namedBefore = new Map<string, string>();
const namedMax = 5_000;
