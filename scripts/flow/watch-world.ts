import childProcess from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import { nothing } from "./quiet-flow.ts";

/** The world as seen by code that should not touch it. */
export interface WatchedWorld {
  /** What was used since the last time, by name. */
  takeUsed(): readonly string[];
  /** Gives the world back. */
  restore(): void;
}

type Holder = Record<string, unknown>;
/** `block`: has an effect, and does not get it; `pass`: only reads. */
type How = "block" | "pass";

const globals: Readonly<Record<string, How>> = {
  fetch: "block",
  setTimeout: "block",
  setInterval: "block",
  setImmediate: "block",
  queueMicrotask: "block",
};

const modules: readonly (readonly [name: string, holder: object, how: How, of: RegExp])[] = [
  ["fs", fs, "block", /^(?:open|read|write|append|stat|exists|access|mk|rm|unlink|rename|copy|cp|create)/],
  ["http", http, "block", /^(?:get|request)$/],
  ["https", https, "block", /^(?:get|request)$/],
  ["child_process", childProcess, "block", /^(?:exec|spawn|fork)/],
  ["crypto", crypto, "pass", /^random(?!ly)/],
  ["console", console, "block", /^(?:log|info|warn|error|debug|trace|table|dir)$/],
  ["Math", Math, "pass", /^random$/],
  ["performance", performance, "pass", /^now$/],
];

/**
 * Notes every use of time, randomness, environment, network, files and console until it is restored. What has an effect
 * is kept from having it. Whoever watches must not wait: all other code of the process would be watched as well.
 */
export function watchWorld(): WatchedWorld {
  const used = new Set<string>();
  const undo: (() => void)[] = [];

  function replace(holder: object, name: string, value: unknown): void {
    const before = Object.getOwnPropertyDescriptor(holder, name);
    Object.defineProperty(holder, name, { value, configurable: true, writable: true, enumerable: true });
    undo.push(() => {
      if (before === undefined) delete (holder as Holder)[name];
      else Object.defineProperty(holder, name, before);
    });
  }

  function guard(holder: object, name: string, shown: string, how: How): void {
    const real = (holder as Holder)[name];
    if (typeof real !== "function") return;
    replace(holder, name, (...given: unknown[]) => {
      used.add(shown);
      return how === "pass" ? Reflect.apply(real, holder, given) : nothing;
    });
  }

  for (const [name, how] of Object.entries(globals)) guard(globalThis, name, name, how);
  for (const [module, holder, how, of] of modules) {
    for (const name of namesOf(holder, of)) guard(holder, name, `${module}.${name}`, how);
  }
  replace(globalThis, "Date", watchedDate(used));
  replace(process, "env", watchedReads(process.env, "process.env", used));
  guard(globalThis.crypto, "randomUUID", "crypto.randomUUID", "pass");
  guard(globalThis.crypto, "getRandomValues", "crypto.getRandomValues", "pass");
  syncBuiltinESMExports();

  return {
    takeUsed() {
      const names = [...used];
      used.clear();
      return names;
    },
    restore() {
      for (const step of undo.reverse()) step();
      syncBuiltinESMExports();
    },
  };
}

function namesOf(holder: object, of: RegExp): string[] {
  const own = [...Object.getOwnPropertyNames(holder), ...Object.getOwnPropertyNames(Object.getPrototypeOf(holder))];
  return [...new Set(own)].filter((name) => of.test(name));
}

/** A date that was given is no time of day. */
function watchedDate(used: Set<string>): DateConstructor {
  return new Proxy(Date, {
    get(target, name) {
      if (name === "now") used.add("Date.now");
      return Reflect.get(target, name);
    },
    construct(target, given, newTarget) {
      if (given.length === 0) used.add("new Date");
      return Reflect.construct(target, given, newTarget === undefined ? target : newTarget) as object;
    },
    apply(target) {
      used.add("Date");
      return target();
    },
  });
}

function watchedReads(real: NodeJS.ProcessEnv, shown: string, used: Set<string>): NodeJS.ProcessEnv {
  return new Proxy(real, {
    get(target, name) {
      if (typeof name === "string") used.add(`${shown}.${name}`);
      return Reflect.get(target, name);
    },
    set(_, name) {
      used.add(`${shown}.${String(name)}`);
      return true;
    },
  });
}
