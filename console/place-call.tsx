import { useState } from "preact/hooks";
import type { FlowInfo, Language } from "./protocol.ts";

interface PlaceCallProps {
  readonly flows: readonly FlowInfo[];
  /** what was called last */
  readonly before: { readonly flow: string; readonly language: Language } | undefined;
  readonly onStart: (flow: string, language: Language) => void;
}

const languageNames: Readonly<Record<Language, string>> = { en: "English", ja: "Japanese" };

/** Choose a flow and a language, and call. */
export function PlaceCall({ flows, before, onStart }: PlaceCallProps) {
  const [chosen, setChosen] = useState(before?.flow ?? flows[0]?.name ?? "");
  const [wanted, setWanted] = useState<Language>(before?.language ?? "en");
  const flow = flows.find(({ name }) => name === chosen);
  const languages = flow?.languages ?? [];
  const language = languages.includes(wanted) ? wanted : (languages[0] ?? "en");
  const submit = (event: Event): void => {
    event.preventDefault();
    onStart(chosen, language);
  };
  if (flow === undefined) return <p>There is no flow. Add one to flows/index.ts and start again.</p>;
  return (
    <form class="place" onSubmit={submit}>
      <label for="flow">Flow</label>
      <select id="flow" value={chosen} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
        {flows.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <label for="language">Language</label>
      <select
        id="language"
        value={language}
        onChange={({ currentTarget }) => setWanted(currentTarget.value === "ja" ? "ja" : "en")}
      >
        {languages.map((one) => (
          <option key={one} value={one}>
            {languageNames[one]}
          </option>
        ))}
      </select>
      <button type="submit" class="call">
        Call
      </button>
    </form>
  );
}
