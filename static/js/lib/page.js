// The page as a whole: its person, and what covers it.

/** The id of the page's person; "" on a page that anybody may see. */
export const person = document.documentElement.dataset.person ?? "";

/** Selector of the images in messages, each a link to its large version. */
export const IMAGE = "a[data-part=image][data-owner]";

export function isDialogOpen() {
  return Boolean(document.querySelector("dialog[open]"));
}

export function isPopoverOpen() {
  return Boolean(document.querySelector(":popover-open"));
}

/** Keeps focus and clicks out of the main part while it is covered. */
export function coverMain(isCovered) {
  document.querySelector("main").inert = isCovered;
}
