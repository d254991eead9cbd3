import type { BrowserContextOptions } from "playwright-core";

const desktop = { width: 1280, height: 800 };
const phone = { width: 360, height: 740 };

/** How the page is looked at. */
export const looks = {
  "light, desktop": { colorScheme: "light", viewport: desktop },
  "dark, desktop": { colorScheme: "dark", viewport: desktop },
  "light, phone": { colorScheme: "light", viewport: phone },
  "dark, phone": { colorScheme: "dark", viewport: phone },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>;
