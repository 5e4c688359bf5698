// What belongs to the page as a whole: whose it is, and what covers it.

/** The id of the person whose page this is; "" on a page that anybody may see. */
export const person = document.documentElement.dataset.person ?? "";

export function isDialogOpen() {
  return Boolean(document.querySelector("dialog[open]"));
}

export function isPopoverOpen() {
  return Boolean(document.querySelector(":popover-open"));
}

/** Keeps focus and clicks out of the main part while something lies over it. */
export function coverMain(isCovered) {
  document.querySelector("main").inert = isCovered;
}
