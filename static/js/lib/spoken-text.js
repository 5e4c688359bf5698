// The text of a reply as it is read aloud: sentence by sentence, while it is written.

import { sourceOf } from "./formulas.js";

const SKIPPED = "pre, button, .code-bar, .visually-hidden, .activity";
const LINES = "p, li, tr, h1, h2, h3, h4, h5, h6, blockquote, dt, dd";
const SENTENCE_END = /[.!?…]["'”’»)\]]*(?=\s)|[。！？]|\n/g;

/** Finished blocks never change, so it only reads those that are new. */
export class SpokenText {
  #part;
  #block = 0; // index of the first block that isn't read to its end
  #length = 0; // characters of that block that are read

  /** `part` holds the blocks. */
  constructor(part) {
    this.#part = part;
  }

  /** Returns the sentences that have become whole since the last call; with `isEnded` also what is left. */
  next(isEnded) {
    const texts = [];
    for (; this.#block < this.#part.children.length; this.#block += 1) {
      const text = spoken(this.#part.children[this.#block]).trimEnd();
      const isOpen = !isEnded && !this.#part.children[this.#block + 1];
      const end = isOpen ? endOfSentences(text) : text.length;
      texts.push(text.slice(this.#length, end).trim());
      this.#length = isOpen ? Math.max(this.#length, end) : 0;
      if (isOpen) break;
    }
    return texts.filter(Boolean).join("\n");
  }
}

/** Returns a text in sentences: browsers stop in the middle of a long text that is read aloud. */
export function sentencesOf(text) {
  const ends = [...text.matchAll(SENTENCE_END)].map((found) => found.index + found[0].length);
  const sentences = [0, ...ends].map((start, index) => text.slice(start, ends[index]).trim());
  return sentences.filter(Boolean);
}

function endOfSentences(text) {
  const last = [...text.matchAll(SENTENCE_END)].at(-1);
  return last ? last.index + last[0].length : 0;
}

function spoken(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(SKIPPED)) return "";
  if (node.localName === "math") return sourceOf(node);
  const text = [...node.childNodes].map(spoken).join("");
  if (node.matches("td, th")) return `${text}, `;
  return node.matches(LINES) ? `${text}\n` : text;
}
