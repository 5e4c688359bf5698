// How long a text is, as the server counts it.

/** The server counts characters; `length` counts an emoji twice. */
export function isLonger(text, max) {
  return text.length > max && [...text].length > max;
}
