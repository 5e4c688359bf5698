// Moves the focus from message to message.

/** Focuses the message before (-1) or after (1) the focused one, else the one in the middle of the pane. */
export function focusMessage(step, pane) {
  const articles = [...pane.querySelectorAll("article")];
  const focused = articles.indexOf(document.activeElement.closest("article"));
  const { top, height } = pane.getBoundingClientRect();
  const shown = articles.findLastIndex((article) => article.getBoundingClientRect().top < top + height / 2);
  const index = focused >= 0 ? focused + step : shown + Math.max(0, step);
  const article = articles[Math.min(Math.max(index, 0), articles.length - 1)];
  if (!article) return;
  article.tabIndex = -1;
  article.focus({ preventScroll: true, focusVisible: true });
  article.scrollIntoView({ block: "start" });
}

/** Returns the focused message, else the last reply that has ended and satisfies `selector`, else undefined. */
export function chosenMessage(pane, selector = "article") {
  const focused = document.activeElement.closest("article");
  if (focused?.matches(selector) && pane.contains(focused)) return focused;
  return [...pane.querySelectorAll(`[data-role=assistant]:is(${selector})`)].at(-1);
}
