/** What the caller hears: words, or a file of the prompts with the words that it speaks. */
export interface Said {
  readonly text: string;
  readonly mediaFile?: string;
  readonly language: "en" | "ja";
}
