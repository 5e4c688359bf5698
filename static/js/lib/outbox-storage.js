// Keeps a person's unsent messages in the tab's session storage, over a reload or a discarded tab.

import { person } from "./page.js";

const PREFIX = `outbox:${person}:`; // before the id of the conversation

/** `isNew` is true while the server doesn't have this conversation. */
export function saveEntries(conversation, isNew, entries) {
  const key = PREFIX + conversation;
  sessionStorage.removeItem(key);
  if (!entries.length) return;
  try {
    sessionStorage.setItem(key, JSON.stringify({ isNew, entries }));
  } catch (error) {
    // The tab's storage is full (5 MB), so the messages don't survive a reload.
    if (error.name !== "QuotaExceededError") throw error;
  }
}

export function loadEntries(conversation) {
  return read(PREFIX + conversation).entries;
}

/** Returns the id of a conversation that was begun in this tab and that the server doesn't have, or "". */
export function findBegun() {
  const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  return keys.find((key) => read(key).isNew)?.slice(PREFIX.length) ?? "";
}

function read(key) {
  return JSON.parse(sessionStorage.getItem(key) ?? '{"entries":[]}');
}
