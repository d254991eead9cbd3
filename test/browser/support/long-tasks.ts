import type { Locator, Page } from "playwright-core";

/** The Long Tasks API reports what takes longer than 50 ms, and nothing else. */
const observe = `(() => {
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasks.push(Math.round(duration));
  }).observe({ type: "longtask" });
})()`;

/** Two frames after the last one, what was observed has been told. */
const settled = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 100))))`;

export interface ScrollPlan {
  readonly stepsEachWay: number;
  readonly roundsMax: number;
}
const usualPlan: ScrollPlan = { stepsEachWay: 40, roundsMax: 3 };

export interface ScrollMeasure {
  /** Of the best round, in ms: a task over 50 ms is in every round if the page is slow, in one if the machine was busy. */
  readonly longTasks: readonly number[];
  readonly rounds: number;
  /** How far it went, in px; 0 would prove nothing. */
  readonly scrolledPx: number;
}

/**
 * Scrolls to the end of the element and back with the wheel, as a person does, and notes every task over 50 ms on the
 * page's main thread.
 */
export async function scrolled(
  page: Page,
  element: Locator,
  { stepsEachWay, roundsMax }: ScrollPlan = usualPlan,
): Promise<ScrollMeasure> {
  await element.scrollIntoViewIfNeeded();
  await element.hover({ position: { x: 20, y: 20 } });
  await page.evaluate("window.longTasks === undefined").then((first) => (first ? page.evaluate(observe) : undefined));
  let best: readonly number[] | undefined;
  let scrolledPx = 0;
  for (let round = 1; round <= roundsMax; round++) {
    await page.evaluate("window.longTasks.length = 0");
    for (const direction of [1, -1]) {
      const heightPx = await element.evaluate((node) => node.scrollHeight);
      for (let step = 0; step < stepsEachWay; step++) {
        await page.mouse.wheel(0, (direction * heightPx) / stepsEachWay);
        await page.evaluate("new Promise(requestAnimationFrame)");
        scrolledPx = Math.max(scrolledPx, await element.evaluate((node) => node.scrollTop));
      }
    }
    await page.evaluate(settled);
    const longTasks = (await page.evaluate("[...window.longTasks]")) as number[];
    if (best === undefined || longTasks.length < best.length) best = longTasks;
    if (best.length === 0) return { longTasks: best, rounds: round, scrolledPx };
  }
  return { longTasks: best ?? [], rounds: roundsMax, scrolledPx };
}
