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
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path
    .split("/")
    .filter((segment) => segment.replace(seal, "") !== "" || segment === "")
    .join("/");
}
