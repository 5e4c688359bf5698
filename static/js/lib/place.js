// The reader's place in a conversation, which this tab remembers: the message at the top, and how much of it is above.

/** Saves the place in a pane; null forgets it. */
export function savePlace(key, pane) {
  const top = pane?.getBoundingClientRect().top;
  const articles = pane ? [...pane.querySelectorAll("article")] : [];
  const article = articles.find((each) => each.getBoundingClientRect().bottom > top);
  if (!article?.id) return sessionStorage.removeItem(key);
  const place = { id: article.id, offset: article.getBoundingClientRect().top - top };
  sessionStorage.setItem(key, JSON.stringify(place));
}

export function readPlace(key) {
  return JSON.parse(sessionStorage.getItem(key) ?? "{}");
}
