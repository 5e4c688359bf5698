// Opens the search palette, which is loaded once somebody reaches for it. Without its files the button is a link.

import { REQUEST_FAILED, dispatch } from "./events.js";
import { load } from "./load.js";
import { findShortcut } from "./shortcuts.js";

const PALETTE = "search-palette";

async function open(event, link) {
  const isNewTab = event.type === "click" && (event.ctrlKey || event.metaKey || event.shiftKey);
  if (!link || isNewTab) return;
  event.preventDefault();
  try {
    (await load(PALETTE)).toggle();
  } catch (error) {
    if (customElements.get(PALETTE)) throw error;
    if (navigator.onLine) location.assign(link.href);
    else dispatch(document, REQUEST_FAILED, { sentence: "" });
  }
}

const find = ({ target }) => target.closest?.("[data-search]");

document.addEventListener("pointerover", (event) => find(event) && load(PALETTE).catch(() => {}));
document.addEventListener("click", (event) => open(event, find(event)));
document.addEventListener("keydown", (event) => {
  if (findShortcut(event) === "search") open(event, document.querySelector("[data-search]"));
});
