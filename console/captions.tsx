import { useEffect, useRef } from "preact/hooks";
import type { CallView } from "./call-view.ts";

const shownMax = 60;

/** What was heard and what happened, always in writing; new lines are told to a screen reader. */
export function Captions({ view }: { readonly view: CallView | undefined }) {
  const list = useRef<HTMLDivElement>(null);
  const captions = view?.captions.slice(-shownMax) ?? [];
  const last = captions.at(-1)?.id;
  useEffect(() => {
    const { current } = list;
    if (current !== null) current.scrollTop = current.scrollHeight;
  }, [last]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <div class="captions" role="log" aria-live="polite" aria-label="Captions" tabIndex={0} ref={list}>
      {captions.length === 0 && <p class="quiet">What is heard will stand here.</p>}
      {captions.map(({ id, who, text, language }) => (
        <p key={id} class={who} lang={language === "ja" ? "ja" : undefined}>
          {text}
        </p>
      ))}
    </div>
  );
}
