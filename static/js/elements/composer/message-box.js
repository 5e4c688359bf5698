// The field that messages are written in: its keys, its height, and the id of the message in it.

import { BOX_CLEARED, BOX_RESTORED, EDIT_REQUESTED, dispatch } from "../../lib/events.js";
import { directionOf } from "../../lib/direction.js";
import { uuid4 } from "../../lib/uuid.js";

const TOUCH = matchMedia("(pointer: coarse)");
const COMPOSING = 229; // key code with which Safari reports the Enter that ended a composition

/** Part of the composer. */
class MessageBox extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.field = this.querySelector("textarea");
    this.field.addEventListener("keydown", (event) => this.#sendByKey(event), { signal });
    this.field.addEventListener("keydown", (event) => this.#editByKey(event), { signal });
    this.field.addEventListener("beforeinput", ({ data }) => data && this.#direct(this.value + data), { signal });
    this.field.addEventListener("input", () => this.#grow(), { signal });
    this.closest("message-composer").addEventListener("click", (event) => this.#suggest(event), { signal });
    visualViewport.addEventListener("resize", fitKeyboard, { signal });
    // A new id: the browser may show a cached page whose id is already used.
    if (!this.hasAttribute("data-drafted")) this.clientId = uuid4();
    this.#grow();
    this.field.setSelectionRange(this.field.textLength, this.field.textLength);
    this.refocus();
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  get value() {
    return this.field.value;
  }

  set value(text) {
    this.#direct(text);
    this.field.value = text;
    this.#grow();
  }

  /** The id of the message in the box. */
  get clientId() {
    return this.field.form.elements.client_id.value;
  }

  set clientId(id) {
    this.field.form.elements.client_id.value = id;
  }

  focus() {
    this.field.focus();
  }

  /** Focuses the box after a button was used, except on a touch screen: its keyboard would cover the page. */
  refocus() {
    if (!TOUCH.matches) this.field.focus({ preventScroll: true });
  }

  /** Empties the box for the next message. */
  clear() {
    const message = { text: this.value, clientId: this.clientId };
    this.value = "";
    this.clientId = uuid4();
    dispatch(this, BOX_CLEARED, message);
  }

  /** Puts a message back that was not sent. */
  restore({ text, clientId }) {
    this.value = text;
    this.clientId = clientId;
    dispatch(this, BOX_RESTORED, { clientId });
  }

  /** Shows a text from another tab; the cursor stays where it is, or at the end. */
  replaceText(text) {
    const { selectionStart, selectionEnd, textLength } = this.field;
    this.value = text;
    if (selectionStart < textLength) this.field.setSelectionRange(selectionStart, selectionEnd);
  }

  /** Enter sends and Shift+Enter breaks the line; on touch keyboards Enter breaks the line. */
  #sendByKey(event) {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === COMPOSING) return;
    const isPlain = !event.shiftKey && !event.altKey && !TOUCH.matches;
    if (!isPlain && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.field.form.requestSubmit();
  }

  /** Up in an empty box edits the last message. */
  #editByKey(event) {
    if (event.key === "ArrowUp" && !this.value && dispatch(this, EDIT_REQUESTED)) event.preventDefault();
  }

  #suggest({ target }) {
    const button = target.closest("[data-suggestion]");
    if (!button) return;
    this.field.focus();
    this.field.setSelectionRange(this.field.textLength, this.field.textLength);
    // As if it was typed: nothing is replaced, the draft is saved, and Undo takes it back.
    document.execCommand("insertText", false, button.dataset.suggestion);
  }

  /** Setting it costs the browser a look at every line, even if it stays the same. */
  #direct(text) {
    const direction = directionOf(text);
    if (this.field.dir !== direction) this.field.dir = direction;
  }

  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }
}

/** Shrinks the page to the height above the keyboard, which iOS lays over the page. */
function fitKeyboard() {
  if (visualViewport.scale !== 1) return; // zoomed in, not typing
  document.documentElement.style.setProperty("--visible-height", `${visualViewport.height}px`);
}

customElements.define("message-box", MessageBox);
