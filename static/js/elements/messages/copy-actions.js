// The buttons of messages that copy text and code, wrap code, and unfold a long text.

import { writeToClipboard } from "../../lib/clipboard.js";
import { copyOf } from "../../lib/copies.js";
import { STATUS_ANNOUNCED, dispatch } from "../../lib/events.js";

const SHOWN = 1500; // ms that a button shows "Copied"

/** Part of the message list. */
class CopyActions extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    const list = this.closest("message-list");
    list.addEventListener("click", ({ target }) => this.#click(target.closest("button")), { signal });
    // The browser's search has found something in a folded text.
    list.addEventListener("beforematch", ({ target }) => (target.parentElement.nextElementSibling.ariaExpanded = true), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #click(button) {
    if (button?.matches("[data-copy-message]")) this.#copy(button, copyOf(button.closest("article")));
    if (button?.dataset.codeAction === "copy") {
      this.#copy(button, { "text/plain": findCodeBlock(button).querySelector("code").textContent });
    }
    if (button?.dataset.codeAction === "wrap") toggleWrapping(button);
    if (button?.matches("[data-fold]")) toggleFold(button);
  }

  async #copy(button, parts) {
    await writeToClipboard(parts);
    button.classList.add("copied");
    dispatch(document, STATUS_ANNOUNCED, { sentence: this.dataset.copied });
    setTimeout(() => button.classList.remove("copied"), SHOWN);
  }
}

function toggleFold(button) {
  button.ariaExpanded = button.ariaExpanded !== "true";
  // The browser takes the mark away from what it has found.
  for (const rest of button.previousElementSibling.children) rest.hidden = "until-found";
}

function findCodeBlock(button) {
  return button.closest(".code-block");
}

function toggleWrapping(button) {
  const wrapped = findCodeBlock(button).toggleAttribute("data-wrapped");
  button.setAttribute("aria-pressed", wrapped);
}

customElements.define("copy-actions", CopyActions);
