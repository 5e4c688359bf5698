// What is copied of a message.

import { isReply } from "./articles.js";
import { RequestError, getJson } from "./http.js";
import { loadReading } from "./reading-loader.js";

/** Returns a reply as Markdown and as HTML, a person's message as it was typed; each is a promise. */
export function copyOf(article) {
  const part = article.querySelector(":scope > [data-part=text]");
  if (!isReply(article)) return { "text/plain": part.textContent };
  return { "text/plain": fetchMarkdown(article, part), "text/html": makeHtml(part) };
}

/** Returns the text of a reply's state. Without a connection returns the text on the page. */
async function fetchMarkdown(article, part) {
  try {
    return (await getJson(article.dataset.stateUrl)).text;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return part.innerText;
  }
}

/** Without the tools, the HTML has what only this page understands; other programs leave that out. */
async function makeHtml(part) {
  const tools = await loadReading().catch(() => null);
  return tools ? tools.clean(part) : part.innerHTML;
}
