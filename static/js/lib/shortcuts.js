// The shortcuts of the page: all of them, in one place. Their labels are in `templates/reading/_shortcuts.html`.

/** By name: the letter that chooses it in the list of shortcuts, the `keys` that work everywhere, and the `local`
 *  ones that an element binds where they apply. Mod is Ctrl, on a Mac Cmd. No keys are a screen reader's or a
 *  browser's own. */
export const SHORTCUTS = {
  list: { keys: "Mod+/" },
  "new-chat": { letter: "O" },
  search: { letter: "K", keys: "Mod+K" },
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

/** Returns the letter of a pressed key, in capitals. The keys of another alphabet count by their place. */
export function letterOf({ code, key = "" }) {
  return key.length > 1 ? key : key > "\x7f" ? code.replace("Key", "") : key.toUpperCase();
}

/** Returns the name of the shortcut that works everywhere and has these keys. A browser's own keys are the letters
 *  with Shift; a slash may need it. */
export function findShortcut(event) {
  const held = (event.ctrlKey || event.metaKey ? "Mod+" : "") + (event.altKey ? "Alt+" : "");
  const pressed = held + (event.shiftKey ? event.key.toLowerCase() : letterOf(event));
  return Object.keys(SHORTCUTS).find((name) => SHORTCUTS[name].keys === pressed);
}
