// Loads the tools for reading once somebody reaches for them: rich copies, the bar at a selection, the shortcuts.

import { REQUEST_FAILED, dispatch } from "./events.js";
import { load } from "./load.js";
import { findShortcut } from "./shortcuts.js";

const REACHED = "[data-copy-message], .table-scroll, math, .about, [data-shortcuts]";

/** Returns a promise of the element. */
export const loadReading = () => load("reading-tools");

function prepare() {
  loadReading().catch(() => {}); // everything on the page works without them
}

async function run(event, name) {
  if (!name || event.defaultPrevented) return;
  event.preventDefault();
  try {
    (await loadReading()).run(name);
  } catch (error) {
    if (customElements.get("reading-tools")) throw error;
    dispatch(document, REQUEST_FAILED, { sentence: "" });
  }
}

if (document.querySelector("reading-tools")) {
  for (const type of ["pointerover", "focusin"]) {
    addEventListener(type, ({ target }) => target.closest?.(REACHED) && prepare());
  }
  document.addEventListener("selectionchange", () => getSelection().type === "Range" && prepare());
  addEventListener("keydown", (event) => run(event, findShortcut(event)));
  addEventListener("click", (event) => event.target.closest("[data-shortcuts]") && run(event, "list"));
}
