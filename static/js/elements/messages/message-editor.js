// A message of one's own that is edited in its place.

import { MESSAGE_RETURNED, dispatch } from "../../lib/events.js";
import { RequestError, getText } from "../../lib/http.js";
import { parse } from "../../lib/morph.js";
import { readStored, writeStored } from "../../lib/tab-storage.js";
import { uuid4 } from "../../lib/uuid.js";

const KIND = "edit"; // of what the tab keeps over a reload: the text, by message
const TOUCH = matchMedia("(pointer: coarse)");
const COMPOSING = 229; // key code with which Safari reports the Enter that ended a composition

class MessageEditor extends HTMLElement {
  #message = "";
  #actions = null;
  #isLeaving = false; // sent or given up

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
    this.field.value = readStored(KIND, message) ?? this.field.value;
    this.addEventListener("input", () => writeStored(KIND, message, this.field.value));
    this.addEventListener("change", ({ target }) => target.files && this.#showChosen(target.files));
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
    const text = readStored(KIND, this.#message);
    const isReturned = text && dispatch(document, MESSAGE_RETURNED, { clientId: uuid4(), text, chips: [] });
    if (isReturned) writeStored(KIND, this.#message, null);
  }

  #showChosen(files) {
    const images = Array.from(files, (file) => {
      const image = Object.assign(new Image(), { alt: file.name, title: file.name, src: URL.createObjectURL(file) });
      image.onload = image.onerror = () => URL.revokeObjectURL(image.src);
      return image;
    });
    this.querySelector("[data-chosen]").replaceChildren(...images);
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
    this.article.querySelector("[data-do=edit]").focus();
  }
}

customElements.define("message-editor", MessageEditor);
