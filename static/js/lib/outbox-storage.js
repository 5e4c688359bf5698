// Keeps a person's unsent messages in the tab's session storage, over a reload or a discarded tab.

import { readStored, storedPlaces, writeStored } from "./tab-storage.js";

const KIND = "outbox"; // its places are the ids of conversations

/** `isNew` is true while the server doesn't have this conversation. */
export function saveEntries(conversation, isNew, entries) {
  writeStored(KIND, conversation, entries.length ? { isNew, entries } : null);
}

export function loadEntries(conversation) {
  return readStored(KIND, conversation)?.entries ?? [];
}

/** Returns the id of a conversation that was begun in this tab and that the server doesn't have, or "". */
export function findBegun() {
  return storedPlaces(KIND).find((conversation) => readStored(KIND, conversation).isNew) ?? "";
}
