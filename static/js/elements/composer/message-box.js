import { uuid4 } from "../../lib/uuid.js";

const TOUCH = matchMedia("(pointer: coarse)");

/** The field that messages are written in: its keys, its height, and the id of what stands there. */
class MessageBox extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.field = this.querySelector("textarea");
    this.field.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.field.addEventListener("input", () => this.#grow(), { signal });
    document.addEventListener("click", (event) => this.#suggest(event), { signal });
    visualViewport.addEventListener("resize", fitKeyboard, { signal });
    // The id of this page's own: the browser may show a copy of a page whose id has been used.
    if (!this.hasAttribute("data-drafted")) this.clientId = uuid4();
    this.#grow();
    this.field.setSelectionRange(this.field.textLength, this.field.textLength);
    // On a touch screen the keyboard would cover the page that was asked for.
    if (!TOUCH.matches) this.field.focus({ preventScroll: true });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  get value() {
    return this.field.value;
  }

  set value(text) {
    this.field.value = text;
    this.#grow();
  }

  /** The id of the message that stands in the box. */
  get clientId() {
    return this.field.form.elements.client_id.value;
  }

  set clientId(id) {
    this.field.form.elements.client_id.value = id;
  }

  /** Empties the box for the next message. */
  take() {
    const detail = { text: this.value, clientId: this.clientId };
    this.value = "";
    this.clientId = uuid4();
    this.dispatchEvent(new CustomEvent("box:taken", { detail }));
    return detail;
  }

  /** Puts a message back that was not sent. */
  give({ text, clientId }) {
    this.value = text;
    this.clientId = clientId;
    this.dispatchEvent(new CustomEvent("box:given", { detail: { clientId } }));
  }

  /** A message that was taken will never be sent. */
  drop(clientId) {
    this.dispatchEvent(new CustomEvent("box:dropped", { detail: { clientId } }));
  }

  /** Shows what was written elsewhere; the cursor stays where it is, or at the end. */
  replace(text) {
    const { selectionStart, selectionEnd, textLength } = this.field;
    this.value = text;
    if (selectionStart < textLength) this.field.setSelectionRange(selectionStart, selectionEnd);
  }

  /** Enter sends and Shift+Enter breaks the line; on touch keyboards Enter breaks the line. */
  #key(event) {
    // 229: Safari ends a composition before it tells about the Enter that ended it.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    const plain = !event.shiftKey && !event.altKey && !TOUCH.matches;
    if (!plain && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.field.form.requestSubmit();
  }

  #suggest({ target }) {
    const button = target.closest("[data-suggestion]");
    if (!button) return;
    this.value = button.dataset.suggestion;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }

  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }
}

/** iOS lays its keyboard over the page; the page then takes the height that is left. */
function fitKeyboard() {
  if (visualViewport.scale !== 1) return; // zoomed in, not typing
  document.documentElement.style.setProperty("--visible-height", `${visualViewport.height}px`);
}

customElements.define("message-box", MessageBox);
