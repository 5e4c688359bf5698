// What is copied of a message.

import { isReply, partOf } from "./articles.js";
import { RequestError, getJson } from "./http.js";
import { loadReading } from "./reading-loader.js";

/** Returns a reply as Markdown and as HTML, a person's message as it was typed; each is a promise. */
export function copyOf(article) {
  if (!isReply(article)) return { "text/plain": partOf(article).textContent };
  return { "text/plain": fetchMarkdown(article), "text/html": makeHtml(article) };
}

/** Returns the text of a reply as the page shows it, without thinking and tool calls. */
export function textOf(article) {
  return blocksIn(article).map((block) => block.innerText).join("\n\n");
}

function blocksIn(article) {
  const part = partOf(article);
  const blocks = [...part.querySelectorAll(":scope > :not(:has(> .activity))")];
  return blocks.length ? blocks : [part]; // a reply that can't be rendered has none
}

/** Returns the text of a reply's state. Without a connection returns the text on the page. */
async function fetchMarkdown(article) {
  try {
    return (await getJson(article.dataset.stateUrl)).text;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return textOf(article);
  }
}

/** Without the tools, the HTML has what only this page understands; other programs leave that out. */
async function makeHtml(article) {
  const tools = await loadReading().catch(() => null);
  return blocksIn(article).map((block) => (tools ? tools.clean(block) : block.innerHTML)).join("");
}
