// Loads the tools for reading once somebody reaches for them: rich copies, the bar at a selection, the shortcuts.

import { isRunning } from "./articles.js";
import { REPLY_CHANGED, REQUEST_FAILED, dispatch, listen } from "./events.js";
import { load } from "./load.js";
import { findShortcut } from "./shortcuts.js";

const REACHED = "[data-copy-message], .table-scroll, math, .about, [data-shortcuts]";

const ANNOUNCED = "announce-replies"; // in this browser's local storage: "off" after the person's choice

/** Whether replies are announced to screen readers while they are written. */
export const announcing = {
  isDue: false, // a reply has begun on this page
  get isOn() {
    return localStorage.getItem(ANNOUNCED) !== "off";
  },
  set isOn(isOn) {
    localStorage.setItem(ANNOUNCED, isOn ? "on" : "off");
  },
};

/** Returns a promise of the element. */
export const loadReading = () => load("reading-tools");

function prepare() {
  loadReading().catch(() => {}); // everything on the page works without them
}

function announce() {
  announcing.isDue = true;
  if (announcing.isOn) prepare();
}

async function run(event, name) {
  if (!name || event.defaultPrevented) return;
  event.preventDefault();
  try {
    (await loadReading()).run(name);
  } catch (error) {
    if (customElements.get("reading-tools")) throw error;
    dispatch(document, REQUEST_FAILED, { sentence: error.sentence ?? "" });
  }
}

if (document.querySelector("reading-tools")) {
  if ([...document.querySelectorAll("article")].some(isRunning)) announce();
  for (const type of ["pointerover", "focusin"]) {
    addEventListener(type, ({ target }) => target.closest?.(REACHED) && prepare());
  }
  document.addEventListener("selectionchange", () => getSelection().type === "Range" && prepare());
  listen(document, REPLY_CHANGED, ({ isUnfinished }) => isUnfinished && announce());
  addEventListener("keydown", (event) => run(event, findShortcut(event)));
  addEventListener("click", (event) => event.target.closest("[data-shortcuts]") && run(event, "list"));
}
