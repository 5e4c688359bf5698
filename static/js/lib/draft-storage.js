// Keeps the tab's own copy of a draft until the server has it, over a reload or a crash.

import { person } from "./page.js";

const PREFIX = `draft:${person}:`; // before the place: the conversation's URL, or "/" for the empty page

/** A draft is { clientId, text, images, chips, written }, the last one in ms. */
export function saveDraft(place, draft) {
  try {
    sessionStorage.setItem(PREFIX + place, JSON.stringify(draft));
  } catch (error) {
    // The tab's storage is full (5 MB), so only the server keeps the draft.
    if (error.name !== "QuotaExceededError") throw error;
  }
}

export function loadDraft(place) {
  return JSON.parse(sessionStorage.getItem(PREFIX + place));
}

export function removeDraft(place) {
  sessionStorage.removeItem(PREFIX + place);
}
