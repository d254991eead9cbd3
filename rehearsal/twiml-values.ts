import type { TwimlElement } from "./twiml-document.ts";

export type ValueProblem = { errorCode: number; level: "ERROR" | "WARNING"; detail: string };
type Rule = { errorCode: number; valid: (value: string) => boolean; level?: "ERROR" };

const isOneOf =
  (...words: string[]) =>
  (value: string) =>
    words.includes(value);
const isBoolean = isOneOf("true", "false");
const isMethod = isOneOf("GET", "POST", "get", "post");
const isCount = (value: string) => /^\d{1,6}$/.test(value);
const isPositive = (value: string) => /^\d{1,6}$/.test(value) && Number(value) > 0;
const isLoop = (value: string) => /^\d{1,4}$/.test(value) && Number(value) <= 1000;
const areWordsOf =
  (...words: string[]) =>
  (value: string) =>
    value.split(/\s+/).every((word) => words.includes(word));

/** Codes and levels as in the error dictionary [D ERR 13210 to 13910]. */
const rules: Record<string, Record<string, Rule> | undefined> = {
  Say: { loop: { errorCode: 13510, valid: isLoop } },
  Play: {
    loop: { errorCode: 13410, valid: isLoop },
    digits: { errorCode: 13430, valid: (value) => /^[0-9wW#*]+$/.test(value) },
  },
  Pause: { length: { errorCode: 13910, valid: isPositive } },
  Gather: {
    finishOnKey: { errorCode: 13310, valid: (value) => /^[0-9#*]?$/.test(value) },
    method: { errorCode: 13312, valid: isMethod },
    timeout: { errorCode: 13313, valid: (value) => value === "auto" || isCount(value) },
    numDigits: { errorCode: 13314, valid: isPositive },
    input: { errorCode: 13326, valid: areWordsOf("dtmf", "speech") },
    speechTimeout: { errorCode: 13327, valid: (value) => value === "auto" || isPositive(value) },
    actionOnEmptyResult: { errorCode: 13338, valid: isBoolean, level: "ERROR" },
  },
  Record: {
    method: { errorCode: 13610, valid: isMethod },
    timeout: { errorCode: 13611, valid: isCount },
    maxLength: { errorCode: 13612, valid: isPositive },
    finishOnKey: { errorCode: 13613, valid: (value) => /^[0-9#*]*$/.test(value) },
    transcribe: { errorCode: 13614, valid: isBoolean },
    playBeep: { errorCode: 13616, valid: isBoolean },
    trim: { errorCode: 13699, valid: isOneOf("trim-silence", "do-not-trim") },
    recordingStatusCallbackEvent: {
      ...{ errorCode: 13621, level: "ERROR" },
      valid: areWordsOf("in-progress", "completed", "absent"),
    },
  },
  Dial: {
    method: { errorCode: 13210, valid: isMethod },
    timeout: { errorCode: 13212, valid: isPositive },
    hangupOnStar: { errorCode: 13213, valid: isBoolean },
    timeLimit: { errorCode: 13216, valid: isPositive },
    sequential: { errorCode: 13218, valid: isBoolean },
    answerOnBridge: { errorCode: 13219, valid: isBoolean },
  },
  Redirect: { method: { errorCode: 13710, valid: isMethod } },
};

type Checked = { element: TwimlElement; problems: readonly ValueProblem[] };
const checkedBefore = new WeakMap<TwimlElement, Checked>();

/** A verb without the attributes whose values are none, so that their defaults hold; and what is wrong with them. */
export function checkValues(element: TwimlElement): Checked {
  let checked = checkedBefore.get(element);
  if (checked === undefined) {
    checked = check(element);
    checkedBefore.set(element, checked);
  }
  return checked;
}

function check(element: TwimlElement): Checked {
  const nested = element.children.map(checkValues);
  const ruled = rules[element.name] ?? {};
  const wrong = Object.entries(element.attributes).flatMap(([name, value]) => {
    const rule = ruled[name];
    return rule === undefined || rule.valid(value) ? [] : [{ name, value, rule }];
  });
  const problems = wrong.map(({ name, value, rule }): ValueProblem => {
    const detail = `<${element.name}> ${name}="${value}" is not a value`;
    return { errorCode: rule.errorCode, level: rule.level ?? "WARNING", detail };
  });
  const all = [...problems, ...nested.flatMap((one) => one.problems)];
  if (all.length === 0) return { element, problems: all };
  const names = new Set(wrong.map(({ name }) => name));
  const attributes = Object.fromEntries(Object.entries(element.attributes).filter(([name]) => !names.has(name)));
  return { element: { ...element, attributes, children: nested.map((one) => one.element) }, problems: all };
}
