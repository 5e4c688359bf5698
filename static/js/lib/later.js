// Loads scripts that reading and writing don't need, once somebody reaches for what they do. Without them an
// image is a link to its large version, and the buttons of a message lead to pages of their own.

import { IMAGE } from "./articles.js";
import { LIVE_VERSION_DELETED, listen } from "./events.js";
import { load } from "./load.js";
import { storedPlaces } from "./tab-storage.js";

const ACTIONS = "message-actions";
const PARTS = { [IMAGE]: "image-lightbox", "[data-do]": ACTIONS }; // selector -> element of the script

const loading = {}; // element -> promise of both files; null where they can't be loaded
let wanted = null; // the link or button that was clicked last meanwhile

function begin(element) {
  loading[element] ??= load(element).catch(() => (loading[element] = null));
}

/** A page from before a deploy may ask for files that are gone, or there is no connection: then the link or
 *  button does what it does without scripts, and this page stays as it is. */
async function clickWanted(element) {
  await loading[element];
  const target = wanted;
  wanted = null;
  target.click();
}

function reach(event) {
  for (const [selector, element] of Object.entries(PARTS)) {
    const target = event.target.closest?.(selector);
    if (!target || loading[element] === null || customElements.get(element)) continue;
    begin(element);
    if (event.type !== "click" || event.ctrlKey || event.metaKey || event.shiftKey) continue;
    event.preventDefault();
    if (!wanted) clickWanted(element);
    wanted = target;
  }
}

for (const type of ["pointerover", "focusin", "click"]) document.addEventListener(type, reach);
const actions = document.querySelector(ACTIONS);
if (actions && (storedPlaces("edit").length || storedPlaces("undo").length)) begin(ACTIONS);
// Every tab offers to undo what one of them deleted.
listen(document, LIVE_VERSION_DELETED, async (deletion) => {
  begin(ACTIONS);
  await loading[ACTIONS];
  actions.offerUndo?.(deletion);
});
