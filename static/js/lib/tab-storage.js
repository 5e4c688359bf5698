// What a tab keeps over a reload or a crash, as JSON in its session storage.

import { person } from "./page.js";

// The key includes the person: `guard.js` removes what other people have left in this tab.
const keyOf = (kind, place) => `${kind}:${person}:${place}`;

/** Returns the value that was stored, or null. */
export function readStored(kind, place) {
  return JSON.parse(sessionStorage.getItem(keyOf(kind, place)));
}

/** Stores a value, or with null removes it. */
export function writeStored(kind, place, value) {
  const key = keyOf(kind, place);
  sessionStorage.removeItem(key);
  if (value === null) return;
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch (error) {
    // The tab's storage is full (5 MB), so the value doesn't survive a reload.
    if (error.name !== "QuotaExceededError") throw error;
  }
}

/** Returns the places that have a value of this kind. */
export function storedPlaces(kind) {
  const prefix = keyOf(kind, "");
  return Object.keys(sessionStorage).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}
