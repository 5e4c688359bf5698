// The buttons of messages that copy text and code, wrap code, and unfold a long text.

import { STATUS_ANNOUNCED, dispatch } from "../../lib/events.js";
import { RequestError, getJson } from "../../lib/http.js";

const SHOWN = 1500; // ms that a button shows "Copied"

/** Part of the message list. */
class CopyActions extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const list = this.closest("message-list");
    const { signal } = this.#end;
    list.addEventListener("click", ({ target }) => this.#click(target.closest("button")), { signal });
    document.addEventListener("copy", (event) => copyFormulas(event, list), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #click(button) {
    if (button?.matches("[data-copy-message]")) this.#copy(button, fetchText(button.closest("article")));
    if (button?.dataset.codeAction === "copy") this.#copy(button, findCodeBlock(button).querySelector("code").textContent);
    if (button?.dataset.codeAction === "wrap") toggleWrapping(button);
    if (button?.matches("[data-fold]")) button.ariaExpanded = button.ariaExpanded !== "true";
  }

  async #copy(button, text) {
    await writeToClipboard(text);
    button.classList.add("copied");
    dispatch(document, STATUS_ANNOUNCED, { sentence: this.dataset.copied });
    setTimeout(() => button.classList.remove("copied"), SHOWN);
  }
}

/** A selection with formulas is copied with their LaTeX: their letters alone mean nothing. */
function copyFormulas(event, list) {
  const selection = getSelection();
  const range = selection.rangeCount && selection.getRangeAt(0);
  const formulas = [...list.querySelectorAll("math[alttext]")].filter((math) => selection.containsNode(math, true));
  if (!range || !formulas.length || range.commonAncestorContainer.parentElement?.closest("math, textarea")) return;
  const copies = formulas.map((math) => {
    const mark = math.getAttribute("display") ? "$$" : "$";
    const text = document.createElement("span");
    text.append(mark + math.getAttribute("alttext") + mark);
    math.replaceWith(text);
    return [text, math];
  });
  const text = selection.toString();
  for (const [copy, math] of copies) copy.replaceWith(math);
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
}

/** Returns the Markdown of a reply, from its state. Without a connection returns the text on the page. */
async function fetchText(article) {
  const text = article.querySelector("[data-part=text]");
  if (!article.dataset.stateUrl) return text.textContent;
  try {
    return (await getJson(article.dataset.stateUrl)).text;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return text.innerText;
  }
}

function findCodeBlock(button) {
  return button.closest(".code-block");
}

function toggleWrapping(button) {
  const wrapped = findCodeBlock(button).toggleAttribute("data-wrapped");
  button.setAttribute("aria-pressed", wrapped);
}

/** The clipboard API exists on https and localhost only; on other pages the old command still works. */
async function writeToClipboard(text) {
  if (navigator.clipboard) {
    // The item takes the promise itself: after an await, browsers may refuse to copy without another click.
    const blob = Promise.resolve(text).then((copied) => new Blob([copied], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return;
  }
  const field = document.createElement("textarea");
  field.value = await text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

customElements.define("copy-actions", CopyActions);
