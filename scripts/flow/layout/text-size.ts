/** Line height as a multiple of the size of the letters. */
export const lineHeight = 1.25;

const wide = /[mwMW@%—…]/;
const narrow = /[iljtfrI.,:;'|!()[\] ]/;

/** Room that a line of text takes, rather too much than too little: the reader's font is not known. @param size px */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) {
    if ((character.codePointAt(0) ?? 0) > 0x2e80) ems += 1.05;
    else if (wide.test(character)) ems += 0.95;
    else if (narrow.test(character)) ems += 0.42;
    else ems += /[A-Z]/.test(character) ? 0.75 : 0.64;
  }
  return Math.ceil(ems * size);
}

/** Breaks a text into lines at its spaces; a word that is longer stays whole. @param charactersMax of a line */
export function wrapped(text: string, charactersMax: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= charactersMax)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
