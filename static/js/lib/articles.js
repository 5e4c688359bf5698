import { morphInner } from "./morph.js";
import { newsOfSteps, paintStep, statesOfSteps } from "./steps.js";

/** What the page reads from and paints into the article of a message. */
const RUNNING = ["queued", "streaming"];

export const isRunning = (article) => RUNNING.includes(article.dataset.status);
/** It runs, or waits for the person's word. */
export const isUnfinished = (article) => isRunning(article) || article.dataset.status === "waiting";
export const isReply = (article) => article?.dataset.role === "assistant";
export const isPending = (article) => !article.dataset.message;

/** Shows what patches changed in a running reply; gives what is to be said about it, or "". */
export function paint(article, blocks, { indexes, parts, steps, reasoning, status }) {
  const before = statesOfSteps(article);
  for (const [name, html] of Object.entries(parts)) {
    // The line about the thinking comes with the thoughts when both are new.
    const slot = article.querySelector(`[data-slot="${name}"]`);
    if (slot) morphInner(slot, html);
  }
  for (const html of steps) paintStep(article, html);
  if (reasoning) article.querySelector("[data-reasoning]")?.append(reasoning);
  if (indexes.size) paintText(article.querySelector(":scope > [data-part=text]"), blocks, indexes);
  if (article.dataset.status !== status) article.dataset.status = status;
  return parts.notices ? article.querySelector("[data-slot=notices]").innerText : newsOfSteps(article, before);
}

/** The word for where a reply stands, and what is to be said besides. */
export function standing(article) {
  const { status } = article.dataset;
  if (isRunning(article)) return ["answering", ""];
  if (status === "waiting") return ["waiting", newsOfSteps(article, new Map(), "asking", "unknown")];
  return [status === "complete" ? "done" : status, ""];
}

function paintText(part, blocks, indexes) {
  for (const index of indexes) {
    if (index < blocks.length) morphInner(part.children[index] ?? part.appendChild(emptyBlock()), blocks[index]);
  }
  while (part.children.length > blocks.length) part.lastElementChild.remove();
}

function emptyBlock() {
  const block = document.createElement("div");
  block.className = "block";
  return block;
}
