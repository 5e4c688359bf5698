// What people do with messages they read: copy them richly, quote them, and all of it by the keyboard.

import { cleanHtml } from "../../lib/clean-html.js";
import { writeToClipboard } from "../../lib/clipboard.js";
import { BOX_REQUESTED, STATUS_ANNOUNCED, dispatch } from "../../lib/events.js";
import { sourceOf } from "../../lib/formulas.js";
import { RequestError } from "../../lib/http.js";
import { isDialogOpen } from "../../lib/page.js";
import { htmlOf, quote, selectedFormulas, selectedText } from "../../lib/selection.js";
import { runShortcut } from "../../lib/shortcut-actions.js";
import { toMarkdown, toTsv } from "../../lib/tables.js";

const SHOWN = 1500; // ms that "Copied" is shown

/** Part of the message list. */
class ReadingTools extends HTMLElement {
  #timer = 0;
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.list = this.closest("message-list");
    this.pane = this.list.querySelector("[role=log]");
    this.toast = this.querySelector("[data-toast]");
    this.list.toggleAttribute("data-has-voice", "speechSynthesis" in window);
    document.addEventListener("copy", (event) => this.#copyFormulas(event), { signal });
    this.list.addEventListener("click", ({ target }) => this.#press(target.closest("button")), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  clean(node) {
    return cleanHtml(node);
  }

  /** Does what a shortcut stands for. */
  run(name) {
    if (name === "list") this.querySelector("shortcut-list").toggle();
    else if (!isDialogOpen()) runShortcut(name, this);
  }

  /** Does what a button of the bar says with its target. */
  act(name, { range, element, isCode }) {
    if (name === "quote") return this.quote(selectedText(this.list), isCode);
    const table = element?.querySelector("table");
    const math = element?.matches("math") ? element : element?.querySelector("math");
    const copies = {
      "copy-selection": () => ({ "text/plain": selectedText(this.list), "text/html": htmlOf(range) }),
      "copy-table": () => ({ "text/plain": toTsv(table), "text/html": cleanHtml(element) }),
      "copy-markdown": () => ({ "text/plain": toMarkdown(table) }),
      "copy-formula": () => ({ "text/plain": sourceOf(math) }),
    };
    return this.copy(copies[name]());
  }

  async copy(parts) {
    const sentence = await this.#write(parts);
    dispatch(document, STATUS_ANNOUNCED, { sentence });
    this.#showToast(sentence);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#showToast(""), SHOWN);
  }

  /** Copies the link to a message. */
  copyLink(article) {
    return this.copy({ "text/plain": `${location.origin}${location.pathname}#${article.id}` });
  }

  /** Begins to read a reply aloud, or stops. */
  readAloud(article) {
    this.querySelector("read-aloud").toggle(article);
  }

  /** Types a quote at the end of what is in the message box, so that Undo takes it back. */
  quote(text, isCode = false) {
    dispatch(document, BOX_REQUESTED, { onTouch: true });
    const field = document.activeElement;
    const before = field.value.trimEnd();
    field.setSelectionRange(before.length, field.value.length);
    const quoted = `${before && "\n\n"}${quote(text, isCode)}\n\n`;
    document.execCommand("insertText", false, quoted);
  }

  /** Returns the sentence about it: the browser may refuse, or a request for a part may fail. */
  async #write(parts) {
    try {
      await writeToClipboard(parts);
      return this.toast.dataset.toast;
    } catch (error) {
      if (!(error instanceof RequestError || error instanceof DOMException)) throw error;
      return this.toast.dataset.failed;
    }
  }

  #showToast(sentence) {
    this.toast.textContent = sentence;
    this.toast.hidden = !sentence;
  }

  #press(button) {
    if (button?.matches("[data-copy-link]")) this.copyLink(button.closest("article"));
    if (button?.matches("[data-read-aloud]")) this.readAloud(button.closest("article"));
  }

  /** A selection with formulas is copied with their LaTeX. */
  #copyFormulas(event) {
    const isInField = event.target.closest?.("textarea, input"); // which some browsers select separately
    if (isInField || !selectedFormulas(this.list).length) return;
    event.clipboardData.setData("text/html", htmlOf(getSelection().getRangeAt(0)));
    event.clipboardData.setData("text/plain", selectedText(this.list));
    event.preventDefault();
  }
}

customElements.define("reading-tools", ReadingTools);
