import type { Locator, Page } from "playwright-core";
import type { CallSummary, Language } from "../../../console/protocol.ts";

const tabsMax = 120;

/**
 * Goes with Tab to what is there to be used, as somebody without a mouse does.
 * @throws Error when it is not among the stops of the keyboard
 */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let tab = 0; tab <= tabsMax; tab++) {
    if (await wanted.evaluate((node) => node === node.ownerDocument.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not come to ${wanted}`);
}

/** Chooses flow and language by their first letters, and calls. */
export async function placeCallByKeyboard(page: Page, flow: string, language: Language): Promise<void> {
  await tabTo(page, page.getByRole("combobox", { name: "Flow" }));
  await page.keyboard.type(flow);
  await tabTo(page, page.getByRole("combobox", { name: "Language" }));
  await page.keyboard.type(language === "ja" ? "Japanese" : "English");
  await tabTo(page, page.getByRole("button", { name: "Call", exact: true }));
  await page.keyboard.press("Enter");
}

/** An answer, as a person gives it: keys, words, or the button with what comes of a dial or a recording. */
export type Press = { readonly keys: string } | { readonly say: string } | { readonly offer: RegExp };

export async function answerByKeyboard(page: Page, press: Press): Promise<void> {
  if ("offer" in press) {
    await tabTo(page, page.getByRole("button", { name: press.offer }).first());
    await page.keyboard.press("Enter");
  } else if ("say" in press) {
    await tabTo(page, page.getByRole("textbox", { name: "Say" }));
    await page.keyboard.type(press.say);
    await page.keyboard.press("Enter");
  } else {
    await leaveTextField(page);
    await page.keyboard.type(press.keys);
  }
}

/** In a text field a key is a letter; the next stop is no text field. */
async function leaveTextField(page: Page): Promise<void> {
  const inField = await page.evaluate(`document.activeElement.matches("input, textarea, select")`);
  if (inField) await page.keyboard.press("Tab");
}

export interface CallByHand {
  /** What is pressed at a question, by the step that asks; a question asked again gets the same again. */
  readonly answers: Readonly<Record<string, Press>>;
  /** How the call is now. */
  readonly look: () => Promise<CallSummary>;
  /** Before the answer to the first question: the middle of the call. */
  readonly inTheMiddle?: () => Promise<void>;
}

const lookEveryMs = 50;
const callMsMax = 45_000;

/**
 * Answers each question of the call with the keyboard until the call is over.
 * @returns the summary of the call that ended
 */
export async function liveThrough(page: Page, { answers, look, inTheMiddle }: CallByHand): Promise<CallSummary> {
  const answered = new Set<number>();
  const untilMs = Date.now() + callMsMax;
  while (Date.now() < untilMs) {
    const call = await look();
    if (call.state === "ended") return call;
    const { question, step = "" } = call;
    if (question === undefined || answered.has(question.index)) {
      await page.waitForTimeout(lookEveryMs);
      continue;
    }
    if (answered.size === 0) await inTheMiddle?.();
    answered.add(question.index);
    const press = answers[step] ?? (question.verb === "Dial" ? { offer: /busy/i } : undefined);
    if (press === undefined) throw new Error(`no answer for step ${step}`);
    await answerByKeyboard(page, press);
  }
  throw new Error(`the call was not over after ${callMsMax} ms`);
}
