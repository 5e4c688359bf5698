// Which way a text is written.

const LONG = 20_000; // characters; browsers need seconds for the direction of each paragraph of a longer text
const LETTER = /\p{L}/u;
const LEFTWARD = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Nko}\p{Script=Syriac}\p{Script=Thaana}]/u;

/** Returns the value of `dir`: each paragraph has its own direction, but a long text that of its first letter. */
export function directionOf(text) {
  if (text.length < LONG) return "auto";
  return LEFTWARD.test(LETTER.exec(text)?.[0] ?? "") ? "rtl" : "ltr";
}
