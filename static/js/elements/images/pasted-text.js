// Offers to attach a long text that was pasted into the message box as a file, and takes that back.

import { FILES_ADDED, IMAGES_CHANGED, dispatch, listen } from "../../lib/events.js";

/** Part of the image attacher. */
class PastedText extends HTMLElement {
  #text = ""; // as it is in the box
  #place = 0; // in the box, where it was
  #chip = null; // of the file
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.attacher = this.closest("image-attacher");
    this.field = this.attacher.querySelector("textarea");
    this.offered = this.querySelector("[data-offer]");
    this.done = this.querySelector("[data-done]");
    this.addEventListener("click", ({ target }) => this.#press(target.closest("button")), { signal });
    this.field.addEventListener("paste", () => this.#withdraw(), { signal });
    this.field.addEventListener("input", () => this.#withdrawIfGone(), { signal });
    listen(this.attacher, IMAGES_CHANGED, () => this.#withdrawIfGone(), signal);
    this.field.form.addEventListener("submit", () => this.#withdraw(), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  offer(text) {
    this.#text = text.replace(/\r\n?/g, "\n");
    this.#chip = null;
    this.done.hidden = true;
    this.offered.hidden = !this.field.value.includes(this.#text);
  }

  #press(button) {
    if (!button) return;
    if (button.matches("[data-accept]")) this.#accept();
    if (button.matches("[data-undo]")) this.#undo();
    if (button.matches("[data-decline]")) this.#withdraw();
    this.field.focus();
  }

  #accept() {
    const text = this.#text;
    const start = this.field.value.indexOf(text);
    const { chips } = this.attacher;
    const count = chips.children.length;
    dispatch(this, FILES_ADDED, { files: [new File([text], this.dataset.name, { type: "text/plain" })] });
    if (chips.children.length === count) return; // there was no room, and the composer has said so
    this.#chip = chips.lastElementChild;
    this.#place = start;
    this.offered.hidden = true;
    this.field.focus();
    this.field.setSelectionRange(start, start + text.length);
    document.execCommand("delete"); // so that the browser's Undo brings it back, too
    this.done.hidden = false;
  }

  /** Puts the text back where it was and removes the file. */
  #undo() {
    const place = Math.min(this.#place, this.field.textLength);
    this.field.setRangeText(this.#text, place, place, "end");
    this.#chip.querySelector("[data-remove]").click();
    this.#withdraw();
    this.field.dispatchEvent(new Event("input", { bubbles: true })); // so that the draft is saved
  }

  /** The text was changed, or the file removed: there is nothing left to offer or to take back. */
  #withdrawIfGone() {
    if (!this.offered.hidden && !this.field.value.includes(this.#text)) this.#withdraw();
    if (!this.done.hidden && !this.#chip.isConnected) this.#withdraw();
  }

  #withdraw() {
    this.#text = "";
    this.#chip = null;
    this.offered.hidden = this.done.hidden = true;
  }
}

customElements.define("pasted-text", PastedText);
