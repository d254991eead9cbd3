// Plain JavaScript on purpose: an older Node must be able to read this file far enough to say what is wrong.
// Usage: node scripts/run.mjs <name> [args]   runs scripts/<name>.ts

import { fileURLToPath } from "node:url";

const NEEDED = [22, 18];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  console.error(
    `Node ${NEEDED.join(".")} or newer is needed, this is ${process.version}: run \`npm ci\` without --omit=optional, it brings its own Node 22.`,
  );
  process.exit(1);
}

const [name = "", ...args] = process.argv.slice(2);
if (!/^[a-z][a-z-]*$/.test(name)) {
  console.error("Usage: node scripts/run.mjs <name> [args], for example: node scripts/run.mjs build");
  process.exit(2);
}

const printWarning = process.emitWarning;
process.emitWarning = (warning, ...rest) => {
  if (!/type stripping/i.test(String(warning))) printWarning.call(process, warning, ...rest);
};

const script = new URL(`./${name}.ts`, import.meta.url);
process.argv = [process.argv[0], fileURLToPath(script), ...args];
try {
  await import(script.href);
} catch (error) {
  const missing = error?.code === "ERR_MODULE_NOT_FOUND" && String(error.url ?? "") === script.href;
  console.error(missing ? `There is no command "${name}".` : error);
  process.exitCode = missing ? 2 : 1;
}
