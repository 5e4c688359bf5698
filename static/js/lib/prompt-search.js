// Which prompts the name that is typed behind a slash finds.

const TYPED = /^\/([\p{L}\p{M}\p{N}-]*)$/u;
const MAX_SHOWN = 50;

/** Returns what is typed of a name; null where the cursor isn't in one that begins the text. */
export function typedName({ value, selectionStart, selectionEnd }) {
  const rest = value.slice(selectionEnd);
  if (selectionStart !== selectionEnd || /^\S/.test(rest)) return null;
  return value.slice(0, selectionStart).match(TYPED)?.[1].normalize("NFKC").toLowerCase() ?? null;
}

/** Returns those of the options whose name begins with the text, then those of which a later part does. */
export function matching(options, text) {
  const isFirst = ({ dataset }) => dataset.name.startsWith(text);
  const isLater = (option) => !isFirst(option) && option.dataset.name.includes(`-${text}`);
  return [...options.filter(isFirst), ...options.filter(isLater)].slice(0, MAX_SHOWN);
}
