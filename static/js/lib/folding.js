// Cuts a long message into its first lines and the rest, as the server's folding.py does.

const SHOWN_LINES = 20;
const FOLDED_FROM = 26; // lines
const LINE_WIDTH = 70; // characters
const PIECE_LENGTH = 6_000; // characters

/** Shows a text in the bubble of a message. */
export function showFolded(bubble, text) {
  const [first, ...rest] = piecesOf(text);
  bubble.textContent = first;
  bubble.append(...rest.map(createPiece));
  bubble.nextElementSibling.hidden = !rest.length;
}

function createPiece(text) {
  const piece = document.createElement("div");
  piece.className = "rest";
  piece.hidden = "until-found";
  piece.textContent = text;
  return piece;
}

function piecesOf(text) {
  if (endOfLines(text, FOLDED_FROM) === text.length) return [text];
  const starts = [0, endOfLines(text, SHOWN_LINES)];
  while (text.length - starts.at(-1) > PIECE_LENGTH) {
    starts.push(endOfPiece(text, starts.at(-1), starts.at(-1) + PIECE_LENGTH));
  }
  return starts.map((start, index) => text.slice(start, starts[index + 1]));
}

function endOfLines(text, lines) {
  let start = 0;
  while (lines > 0 && start < text.length) {
    const end = text.indexOf("\n", start) + 1 || text.length;
    const room = lines * LINE_WIDTH;
    if (end - start > room) return endOfPiece(text, start, start + room);
    lines -= Math.max(1, Math.ceil((end - start) / LINE_WIDTH));
    start = end;
  }
  return start;
}

/** Returns the end of the last line, or else of the last word, between the two; never half a character. */
function endOfPiece(text, start, end) {
  const at = (mark) => (text.slice(start, end).lastIndexOf(mark) + 1 || -start) + start;
  return at("\n") || at(" ") || end - /[\uD800-\uDBFF]$/.test(text.slice(start, end));
}
