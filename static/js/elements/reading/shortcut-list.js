// The dialog that lists all shortcuts. In it a letter is enough.

import { BOX_REQUESTED, dispatch } from "../../lib/events.js";
import { isDialogOpen } from "../../lib/page.js";
import { SHORTCUTS, letterOf } from "../../lib/shortcuts.js";

const IS_MAC = /Mac|iP/.test(navigator.platform);
const KEYS = { Mod: "Ctrl", ArrowUp: "↑", Escape: "Esc", PageUp: "Page Up", PageDown: "Page Down" };
const KEYS_ON_MAC = { ...KEYS, Alt: "⌥", Mod: "⌘" };

// What only some browsers offer.
const OFFERED = {
  "read-aloud": "speechSynthesis" in window,
  dictate: "SpeechRecognition" in window || "webkitSpeechRecognition" in window,
};

/** Part of the tools for reading. */
class ShortcutList extends HTMLElement {
  #hadFocus = false; // the page, when the list was opened
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.tools = this.closest("reading-tools");
    this.dialog = this.querySelector("dialog");
    for (const item of this.#items) showKeys(item);
    this.dialog.addEventListener("click", ({ target }) => this.#choose(target.closest("[data-shortcut]")), { signal });
    this.dialog.addEventListener("keydown", (event) => this.#pressKey(event), { signal });
    this.dialog.addEventListener("close", () => this.#leave(), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  get #items() {
    return [...this.querySelectorAll("[data-shortcut]:not([hidden])")];
  }

  toggle() {
    if (this.dialog.open) return this.dialog.close();
    if (isDialogOpen()) return;
    this.#hadFocus = document.activeElement !== document.body;
    this.dialog.showModal();
    this.#items[0].focus({ focusVisible: true }); // keys with Ctrl alone don't count as keyboard use
  }

  /** The button that opened the list is in a menu, which is closed by then. */
  #leave() {
    const isLost = document.activeElement.matches("body, dialog:not([open]) *");
    if (this.#hadFocus && isLost) dispatch(document, BOX_REQUESTED, {});
  }

  #pressKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const items = this.#items;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const item = items.find(({ dataset }) => SHORTCUTS[dataset.shortcut].letter === letterOf(event));
    if (!step && !item) return;
    event.preventDefault();
    if (item) return this.#choose(item);
    items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
  }

  /** The dialog closes first, so that the focus and the selection are where they were. */
  #choose(item) {
    if (!item) return;
    this.dialog.close();
    this.tools.run(item.dataset.shortcut);
  }
}

function showKeys(item) {
  item.hidden = OFFERED[item.dataset.shortcut] === false;
  const { letter = "", keys, local } = SHORTCUTS[item.dataset.shortcut];
  const names = IS_MAC ? KEYS_ON_MAC : KEYS;
  const spell = (key) => names[key] ?? key;
  const shown = (keys ?? local ?? "").split("+").map(spell).join(IS_MAC ? "" : "+");
  if (letter) item.setAttribute("aria-keyshortcuts", letter);
  for (const text of [shown, letter]) {
    const cell = document.createElement(text ? "kbd" : "span");
    cell.textContent = text;
    item.append(cell);
  }
}

customElements.define("shortcut-list", ShortcutList);
