import type { Sounds } from "./player.ts";

/** The browser's audio and, where there is one, its voice. A file that cannot be played counts as heard. */
export function browserSounds(): Sounds {
  return { play, speak: "speechSynthesis" in globalThis ? speak : undefined };
}

function play(url: string, done: () => void): () => void {
  const audio = new Audio(url);
  audio.addEventListener("ended", done);
  audio.addEventListener("error", done);
  audio.play().catch(done);
  return () => {
    audio.pause();
    audio.removeAttribute("src");
  };
}

function speak(text: string, tag: string, done: () => void): () => void {
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = tag;
  utterance.addEventListener("end", done);
  utterance.addEventListener("error", done);
  speechSynthesis.speak(utterance);
  return () => speechSynthesis.cancel();
}
