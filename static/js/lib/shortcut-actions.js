// What the shortcuts do. Most press a button of the page.

import { isUnfinished } from "./articles.js";
import { shown } from "./conversation.js";
import { copyOf, textOf } from "./copies.js";
import { BOX_REQUESTED, dispatch } from "./events.js";
import { getText } from "./http.js";
import { isCode, selectedRange, selectedText } from "./selection.js";
import { chosenMessage, focusMessage } from "./steps.js";

const REPLY = "[data-role=assistant]:has([data-copy-message])"; // one that has ended, with text

const ACTIONS = {
  search: () => find("[data-search]").click(),
  "new-chat": () => find("[data-new-chat]").click(),
  "message-box": () => dispatch(document, BOX_REQUESTED, { onTouch: true }),
  stop: ({ pane }) => [...pane.querySelectorAll("article")].some(isUnfinished) && find("#stop-form").requestSubmit(),
  edit: (tools) => press(tools, "[data-role=user]", "edit"),
  regenerate: (tools) => press(tools, "[data-role=assistant]", "regenerate"),
  "copy-reply": (tools) => withMessage(tools, REPLY, (article) => tools.copy(copyOf(article))),
  "copy-code": (tools) => withMessage(tools, ":has(.code-block)", (article) => copyCode(article, tools)),
  "copy-link": (tools) => withMessage(tools, "[id]", (article) => tools.copyLink(article)),
  "copy-all": (tools) => shown.url && tools.copy({ "text/plain": getText(`${shown.url}markdown`) }),
  quote: quoteSelection,
  previous: ({ pane }) => focusMessage(-1, pane),
  next: ({ pane }) => focusMessage(1, pane),
  "read-aloud": (tools) => withMessage(tools, "[data-role=assistant]", (article) => tools.readAloud(article)),
  dictate: (tools) => tools.querySelector("dictation-control").toggle(),
  sidebar: () => find(".drawer-button").click(),
  settings: () => find(".settings-button").click(),
};

/** `tools` is the element that has the tools. */
export function runShortcut(name, tools) {
  ACTIONS[name](tools);
}

function find(selector) {
  return document.querySelector(selector);
}

function withMessage({ pane }, selector, act) {
  const article = chosenMessage(pane, selector);
  if (article) act(article);
}

/** Presses a button of the focused message, else of the last one that has it. */
function press({ pane }, selector, name) {
  const button = `[data-do="${name}"]`;
  const focused = document.activeElement.closest(selector)?.querySelector(button);
  (focused ?? [...pane.querySelectorAll(`${selector} ${button}`)].at(-1))?.click();
}

function copyCode(article, tools) {
  const blocks = [...article.querySelectorAll(".code-block code")];
  tools.copy({ "text/plain": blocks.at(-1).textContent });
}

/** Quotes the selection, else the focused message, else the last reply. */
function quoteSelection(tools) {
  const range = selectedRange(tools.list);
  if (range) return tools.quote(selectedText(tools.list), isCode(range));
  withMessage(tools, REPLY, (article) => tools.quote(textOf(article)));
}
