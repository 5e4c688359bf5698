// Loads scripts that reading and writing don't need, once somebody reaches for what they do. Without them an
// image is a link to its large version, and the buttons of a message lead to pages of their own.

import { IMAGE } from "./articles.js";
import { load } from "./load.js";
import { storedPlaces } from "./tab-storage.js";

// selector -> element of the script
const PARTS = {
  [IMAGE]: "image-lightbox",
  "[data-do]": "message-actions",
  "[data-menu], [data-restore]": "conversation-menu",
};

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
// What was deleted can be restored for some seconds, also on the next page; a list follows other tabs.
if (storedPlaces("undo").length || document.querySelector("[data-follow]")) begin("conversation-menu");
if (storedPlaces("edit").length && document.querySelector("message-actions")) begin("message-actions");
