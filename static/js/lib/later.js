// Loads what reading and writing don't need, once somebody points at, focuses or clicks what needs it. Until then a
// link leads to a page of its own, and so does a button, which sends a form. How to add one: CONTRIBUTING.md.

import { readChosen } from "./chosen-settings.js";
import { LIVE_VERSION_DELETED, REQUEST_FAILED, dispatch, listen } from "./events.js";
import { load } from "./load.js";
import { IMAGE } from "./page.js";
import { findShortcut } from "./shortcuts.js";
import { storedPlaces } from "./tab-storage.js";

const BOX = "#message"; // writing in it waits for nothing

/** Selector of what needs a script -> the element that names its files. */
const PARTS = {
  [IMAGE]: "image-lightbox",
  "[data-attach-link]": "image-tools",
  "[data-do]": "message-actions",
  "[data-menu], [data-restore]": "conversation-menu",
  "[data-search]": "search-palette",
  "[data-share]": "share-dialog",
  ".settings-button": "settings-sheet",
  [BOX]: "prompt-picker",
};

let wanted = null; // the target that was clicked last while its script was loaded, and the element
let isRepeated = false; // whether a click is one of ours

/** Returns a promise of whether the script is there. After a failure `load` tries again, at the next use. */
function prepare(element) {
  return load(element).then(() => true, () => false);
}

/** A page from before a deploy may ask for files that are gone: then the link or button does what it does without
 *  scripts. Without a connection this page stays as it is. */
async function clickWanted() {
  let element, isThere;
  while (element !== wanted.element) isThere = await prepare((element = wanted.element));
  const { target } = wanted;
  wanted = null;
  if (!isThere && (target.type === "button" || !navigator.onLine)) {
    dispatch(document, REQUEST_FAILED, { sentence: "" });
    return;
  }
  isRepeated = true;
  target.click();
  isRepeated = false;
}

function reach(event) {
  for (const [selector, element] of Object.entries(PARTS)) {
    const target = event.target.closest?.(selector);
    if (!target || isRepeated || customElements.get(element)) continue;
    if (event.type !== "click" || selector === BOX || event.ctrlKey || event.metaKey || event.shiftKey) {
      prepare(element);
      continue;
    }
    event.preventDefault();
    const isFirst = !wanted;
    wanted = { target, element };
    if (isFirst) clickWanted();
  }
}

for (const type of ["pointerover", "focusin", "input", "click"]) document.addEventListener(type, reach);
document.addEventListener("keydown", (event) => {
  const link = findShortcut(event) === "search" && document.querySelector("[data-search]");
  if (!link) return;
  event.preventDefault();
  link.click();
});
// What was deleted can be restored for some seconds, also on the next page; a list follows other tabs.
if (storedPlaces("trashed").length || document.querySelector("[data-follow]")) prepare("conversation-menu");
const actions = document.querySelector("message-actions");
if (actions && (storedPlaces("edit").length || storedPlaces("undo").length)) prepare("message-actions");
// Every tab offers to undo what one of them deleted.
listen(document, LIVE_VERSION_DELETED, async (deletion) => {
  if (await prepare("message-actions")) actions?.offerUndo(deletion);
});
// What was chosen before a reload is to be seen, and a panel that came with the page works.
if (document.querySelector("settings-sheet") && (readChosen() || document.querySelector(".panel"))) {
  prepare("settings-sheet");
}
