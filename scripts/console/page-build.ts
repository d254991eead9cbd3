import path from "node:path";
import type { BuildFailure } from "esbuild";
import * as esbuild from "esbuild";
import { configElementId, type PageConfig } from "../../console/protocol.ts";

export interface Page {
  readonly html: string;
  readonly script: string;
  readonly style: string;
}

/** Bundles the page in memory. What keeps it from being built is then what the page says. */
export async function buildPage(folder: string, config: PageConfig): Promise<Page> {
  try {
    const { outputFiles } = await esbuild.build({
      entryPoints: [path.join(folder, "main.tsx"), path.join(folder, "style.css")],
      outdir: folder,
      bundle: true,
      write: false,
      minify: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      jsx: "automatic",
      jsxImportSource: "preact",
      legalComments: "none",
      charset: "utf8",
      logLevel: "silent",
    });
    const textOf = (name: string) => outputFiles.find((file) => path.basename(file.path) === name)?.text ?? "";
    return { html: pageHtml(config), script: textOf("main.js"), style: textOf("style.css") };
  } catch (error) {
    const why = whyNot(error);
    return { html: brokenHtml(why), script: "", style: "" };
  }
}

function whyNot(error: unknown): string {
  const { errors = [] } = error as Partial<BuildFailure>;
  if (errors.length === 0) return error instanceof Error ? error.message : "unknown error";
  return errors
    .map(({ location, text }) => `${location ? `${location.file}:${location.line}: ` : ""}${text}`)
    .join("\n");
}

/** The language of the page; what is said in a call has its own. */
function pageHtml(config: PageConfig): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Stayline console</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<div id="app"></div>
<noscript>The console needs JavaScript.</noscript>
<script type="application/json" id="${configElementId}">${JSON.stringify(config).replaceAll("<", "\\u003c")}</script>
<script type="module" src="/main.js"></script>
</body>
</html>
`;
}

function brokenHtml(why: string): string {
  const text = why.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Stayline console: not built</title></head>
<body><h1>The page of the console could not be built</h1><pre>${text}</pre>
<p>Mend it and start again. Calls go on without it.</p></body></html>
`;
}
