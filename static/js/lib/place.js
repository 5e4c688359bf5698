// The reader's place in a conversation, which this tab remembers: the message at the top, and how much of it is above.

import { readStored, writeStored } from "./tab-storage.js";

/** Saves the place in a pane; null forgets it. */
export function savePlace(conversation, pane) {
  const top = pane?.getBoundingClientRect().top;
  const articles = pane ? [...pane.querySelectorAll("article")] : [];
  const article = articles.find((each) => each.getBoundingClientRect().bottom > top);
  const place = article?.id ? { id: article.id, offset: article.getBoundingClientRect().top - top } : null;
  writeStored("place", conversation, place);
}

export function readPlace(conversation) {
  return readStored("place", conversation) ?? {};
}
