import { useEffect } from "preact/hooks";

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;
const names: Readonly<Record<string, string>> = { "*": "star", "#": "pound" };

/** Keys to press here or, when no field has the focus, on the keyboard. */
export function Keypad({ isOn, onDigit }: { readonly isOn: boolean; readonly onDigit: (digit: string) => void }) {
  useEffect(() => {
    if (!isOn) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, altKey, repeat, target } = event;
      if (ctrlKey || metaKey || altKey || repeat || !keys.some((one) => one === key)) return;
      if (target instanceof Element && target.closest("input, textarea, select") !== null) return;
      event.preventDefault();
      onDigit(key);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  });
  return (
    <fieldset class="keypad" disabled={!isOn}>
      <legend class="unseen">Keypad; the keys of the keyboard work too</legend>
      {keys.map((key) => (
        <button key={key} type="button" aria-label={names[key] ?? key} onClick={() => onDigit(key)}>
          {key}
        </button>
      ))}
    </fieldset>
  );
}
