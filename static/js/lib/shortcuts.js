// The shortcuts of the page: all of them, in one place. Their labels are in `templates/reading/_shortcuts.html`.

/** By name: the letter that chooses it in the list of shortcuts, the `keys` that work everywhere, and the `local`
 *  ones that an element binds where they apply. Mod is Ctrl, on a Mac Cmd. No keys are a screen reader's or a
 *  browser's own. */
export const SHORTCUTS = {
  list: { keys: "Mod+/" },
  "new-chat": { letter: "O" },
  search: { letter: "K", keys: "Mod+KeyK" },
  "message-box": { letter: "M" },
  stop: { letter: "X", local: "Escape" },
  edit: { letter: "E", local: "ArrowUp" }, // in the empty message box
  regenerate: { letter: "R" },
  "copy-reply": { letter: "C" },
  "copy-code": { letter: "B" },
  "copy-link": { letter: "L" },
  "copy-all": { letter: "A" },
  quote: { letter: "Q" },
  previous: { letter: "P", keys: "Alt+PageUp" },
  next: { letter: "N", keys: "Alt+PageDown" },
  "read-aloud": { letter: "V" },
  dictate: { letter: "D" },
  sidebar: { letter: "H" },
  settings: { letter: "S" },
};

/** Returns the name of the shortcut that works everywhere and has these keys. Letters count by their place on the
 *  keyboard, as other alphabets have others there, and a slash wherever it is. */
export function findShortcut({ altKey, code, ctrlKey, key, metaKey, shiftKey }) {
  const held = (ctrlKey || metaKey ? "Mod+" : "") + (altKey ? "Alt+" : "");
  const pressed = [held + key, `${held}${shiftKey ? "Shift+" : ""}${code}`];
  return Object.keys(SHORTCUTS).find((name) => pressed.includes(SHORTCUTS[name].keys));
}
