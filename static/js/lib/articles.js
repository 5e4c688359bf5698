// The article of a message: reads its state from the page, and shows the changes of a running reply.

import { morphInner } from "./morph.js";
import { describeCalls, paintCall, readCallStates } from "./tool-calls.js";

const RUNNING = ["queued", "streaming"];

export const isRunning = (article) => RUNNING.includes(article.dataset.status);
/** Whether a reply is running or waits for the person's approval. */
export const isUnfinished = (article) => isRunning(article) || article.dataset.status === "waiting";
export const isReply = (article) => article?.dataset.role === "assistant";
export const isPending = (article) => !article.dataset.message;
/** The element with the text of a message. */
export const partOf = (article) => article.querySelector(":scope > [data-part=text]");

/** Whether a message is on the page already; `clientId` is the id that the sending page made. */
export function isShown(clientId) {
  return Boolean(document.querySelector(`article[data-client-id="${clientId}"]`));
}

/** Shows the changes that patches made to a running reply; returns the sentence to announce, or "". */
export function paintReply(article, blocks, { indexes, parts, status }) {
  const before = readCallStates(article);
  if (indexes.size) paintText(partOf(article), blocks, indexes); // some blocks hold slots
  for (const part of parts) paintPart(article, ...part);
  if (article.dataset.status !== status) article.dataset.status = status;
  const notices = parts.some(([name]) => name === "notices");
  return notices ? article.querySelector("[data-slot=notices]").innerText : describeCalls(article, before);
}


/** Returns the status of a reply by the name of its text, and a further sentence to announce, or "". */
export function describeStatus(article) {
  const { status } = article.dataset;
  if (isRunning(article)) return ["answering", ""];
  if (status === "waiting") return ["waiting", describeCalls(article, new Map(), "awaiting_approval", "unknown")];
  return [status === "complete" ? "done" : status, ""];
}

function paintPart(article, name, html) {
  // The slot of a thinking line is inside the thinking part, and comes with it.
  const slot = article.querySelector(`[data-slot="${name}"]`);
  if (slot) morphInner(slot, html);
  else if (name === "call") paintCall(article, html);
  else if (name === "reasoning") [...article.querySelectorAll("[data-reasoning]")].at(-1)?.append(html);
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
