// The article of a message: reads its state from the page, and shows the changes of a running reply.

import { morphInner } from "./morph.js";
import { describeCalls, paintCall, readCallStates } from "./tool-calls.js";

const RUNNING = ["queued", "streaming"];

export const isRunning = (article) => RUNNING.includes(article.dataset.status);
/** Whether a reply is running or waits for the person's approval. */
export const isUnfinished = (article) => isRunning(article) || article.dataset.status === "waiting";
export const isReply = (article) => article?.dataset.role === "assistant";
export const isPending = (article) => !article.dataset.message;

/** Whether a message is on the page already; `clientId` is the id that the sending page made. */
export function isShown(clientId) {
  return Boolean(document.querySelector(`article[data-client-id="${clientId}"]`));
}

/** Shows the changes that patches made to a running reply; returns the sentence to announce, or "". */
export function paintReply(article, blocks, { indexes, parts, toolCalls, reasoning, status }) {
  const before = readCallStates(article);
  for (const [name, html] of Object.entries(parts)) {
    // The slot of the thinking line is inside the thinking part, and comes with it.
    const slot = article.querySelector(`[data-slot="${name}"]`);
    if (slot) morphInner(slot, html);
  }
  for (const html of toolCalls) paintCall(article, html);
  if (reasoning) article.querySelector("[data-reasoning]")?.append(reasoning);
  if (indexes.size) paintText(article.querySelector(":scope > [data-part=text]"), blocks, indexes);
  if (article.dataset.status !== status) article.dataset.status = status;
  return parts.notices ? article.querySelector("[data-slot=notices]").innerText : describeCalls(article, before);
}

/** Returns the status of a reply by the name of its text, and a further sentence to announce, or "". */
export function describeStatus(article) {
  const { status } = article.dataset;
  if (isRunning(article)) return ["answering", ""];
  if (status === "waiting") return ["waiting", describeCalls(article, new Map(), "awaiting_approval", "unknown")];
  return [status === "complete" ? "done" : status, ""];
}

function paintText(part, blocks, indexes) {
  for (const index of indexes) {
    if (index < blocks.length) morphInner(part.children[index] ?? part.appendChild(createBlock()), blocks[index]);
  }
  while (part.children.length > blocks.length) part.lastElementChild.remove();
}

function createBlock() {
  const block = document.createElement("div");
  block.className = "block";
  return block;
}
