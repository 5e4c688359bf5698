// Keeps a person's unsent messages in the tab's session storage, over a reload or a discarded tab.

import { person } from "./page.js";

const PREFIX = `outbox:${person}:`; // and the id of the conversation

/** `isNew`: the server does not know this conversation yet. */
export function saveEntries(conversation, isNew, entries) {
  const key = PREFIX + conversation;
  sessionStorage.removeItem(key);
  if (!entries.length) return;
  try {
    sessionStorage.setItem(key, JSON.stringify({ isNew, entries }));
  } catch (error) {
    // Megabytes of text: there is no room for it, and it waits in this page alone.
    if (error.name !== "QuotaExceededError") throw error;
  }
}

export function loadEntries(conversation) {
  return read(PREFIX + conversation).entries;
}

/** Returns the id of a conversation that was begun in this tab and that the server does not know, or "". */
export function findBegun() {
  const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  return keys.find((key) => read(key).isNew)?.slice(PREFIX.length) ?? "";
}

function read(key) {
  return JSON.parse(sessionStorage.getItem(key) ?? '{"entries":[]}');
}
