// A message of one's own that is edited in its place.

import "../images/image-order.js";
import { FILES_ADDED, IMAGES_CHANGED, IMAGE_LINKED, MESSAGE_RETURNED, dispatch, listen } from "../../lib/events.js";
import { RequestError, getText } from "../../lib/http.js";
import { parse } from "../../lib/morph.js";
import { readStored, writeStored } from "../../lib/tab-storage.js";
import { droppedImages, pastedImages } from "../../lib/transfers.js";
import { uuid4 } from "../../lib/uuid.js";

const KIND = "edit"; // of what the tab keeps over a reload: text and images, by message
const TOUCH = matchMedia("(pointer: coarse)");
const COMPOSING = 229; // key code with which Safari reports the Enter that ended a composition

class MessageEditor extends HTMLElement {
  #message = "";
  #actions = null;
  #isLeaving = false; // sent or given up
  #isWaiting = false; // for images that are still uploaded

  /** Fetches the form; returns a promise of whether that worked. */
  async load(url, message, actions) {
    try {
      this.replaceChildren(...parse(await getText(url)));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.status === 404) writeStored(KIND, message, null);
      actions.report(error);
      return false;
    }
    this.#message = message;
    this.#actions = actions;
    this.form = this.querySelector("form");
    this.field = this.querySelector("textarea");
    this.images = this.querySelector("image-attacher");
    this.#restore();
    this.addEventListener("input", () => this.#store());
    listen(this, IMAGES_CHANGED, () => this.#noteImages());
    this.addEventListener("paste", (event) => this.#attach(event, event.clipboardData && pastedImages(event.clipboardData)));
    this.addEventListener("drop", (event) => this.#attach(event, event.dataTransfer && droppedImages(event.dataTransfer)));
    this.addEventListener("keydown", (event) => this.#press(event));
    this.addEventListener("submit", (event) => this.#submit(event));
    this.addEventListener("click", (event) => event.target.closest("[data-close]") && this.#leave(event));
    return true;
  }

  connectedCallback() {
    this.article = this.closest("article");
    this.article.classList.add("editing");
    this.field.focus();
    this.field.setSelectionRange(this.field.textLength, this.field.textLength);
  }

  /** An article that got new HTML keeps its editor. One that is gone leaves its text to the message box, if
   *  that is empty, and otherwise to the tab's storage. */
  disconnectedCallback() {
    this.article.classList.remove("editing");
    if (this.#isLeaving) return;
    if (this.article.isConnected) return this.article.append(this);
    if (!readStored(KIND, this.#message)) return;
    const returned = { clientId: uuid4(), text: this.field.value, chips: [...this.images.chips.children] };
    if (dispatch(document, MESSAGE_RETURNED, returned)) writeStored(KIND, this.#message, null);
  }

  /** An older release kept only the text. */
  #restore() {
    const kept = readStored(KIND, this.#message);
    this.field.value = kept?.text ?? kept ?? this.field.value;
    if (kept?.chips !== undefined) this.querySelector("[data-chips]").replaceChildren(...parse(kept.chips));
  }

  #store() {
    writeStored(KIND, this.#message, { text: this.field.value, chips: this.images.html });
  }

  #noteImages() {
    this.#store();
    if (!this.#isWaiting || this.images.isBusy) return;
    this.#isWaiting = false;
    this.form.requestSubmit();
  }

  #attach(event, { files, links } = { files: [], links: [] }) {
    if (!files.length && !links.length) return;
    event.preventDefault(); // so the composer takes none of them
    if (files.length) dispatch(this.images, FILES_ADDED, { files });
    for (const link of links) dispatch(this.images, IMAGE_LINKED, { link });
  }

  #explain(sentence) {
    const line = this.querySelector("[role=alert]");
    line.textContent = sentence;
    line.hidden = !sentence;
  }

  #press(event) {
    if (event.isComposing || event.keyCode === COMPOSING) return;
    if (event.key === "Escape") return this.#leave(event);
    const isPlain = !event.shiftKey && !event.altKey && !TOUCH.matches && event.target === this.field;
    if (event.key !== "Enter" || !(isPlain || event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  async #submit(event) {
    event.preventDefault();
    event.stopPropagation();
    const { uploading, failedImages } = this.form.dataset;
    this.#isWaiting = this.images.isBusy;
    this.#explain(this.#isWaiting ? uploading : this.images.hasFailed ? failedImages : "");
    if (this.#isWaiting || this.images.hasFailed) return;
    const fields = new FormData(this.form);
    const { thread } = this.#actions.list;
    fields.set("parent", thread.head);
    this.#isLeaving = true; // what the socket brings may be faster than the answer
    this.form.inert = true;
    const answer = await this.#actions.send(this.form.getAttribute("action"), fields);
    this.form.inert = this.#isLeaving = false;
    if (!answer) return this.isConnected ? this.field.focus() : this.disconnectedCallback();
    this.#isLeaving = true;
    writeStored(KIND, this.#message, null);
    const { messages } = await answer.json();
    thread.insertNew({ html: messages, replaces: this.#message });
    this.#actions.focusLast();
  }

  #leave(event) {
    event.preventDefault();
    event.stopPropagation(); // Esc would stop a reply
    this.#isLeaving = true;
    writeStored(KIND, this.#message, null);
    this.remove();
    // On a phone the menu has the button.
    [...this.article.querySelectorAll("[data-do=edit], [data-do=menu]")].find((each) => each.checkVisibility())?.focus();
  }
}

customElements.define("message-editor", MessageEditor);
