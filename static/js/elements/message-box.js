import { uuid4 } from "../lib/uuid.js";

const TOUCH = matchMedia("(pointer: coarse)");
const DRAFT = "draft:"; // per page, in this tab's session storage

/** The field that messages are written in: its keys, its height, and the text a reload would lose. */
class MessageBox extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.field = this.querySelector("textarea");
    this.field.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.field.addEventListener("input", () => this.#edited(), { signal });
    document.addEventListener("click", (event) => this.#suggest(event), { signal });
    visualViewport.addEventListener("resize", fitKeyboard, { signal });
    this.value ||= sessionStorage.getItem(DRAFT + location.pathname) ?? "";
    // The browser may show a copy of a page whose id has been used.
    this.field.form.elements.client_id.value = uuid4();
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

  /** Of the message that stands in the box. */
  get clientId() {
    return this.field.form.elements.client_id.value;
  }

  /** Empties the box for another message. */
  take() {
    const taken = { text: this.value, clientId: this.clientId };
    this.#hold({ text: "", clientId: uuid4() });
    return taken;
  }

  /** Puts an unsent message back. */
  give(message) {
    this.#hold(message);
  }

  #hold({ text, clientId }) {
    this.value = text;
    this.field.form.elements.client_id.value = clientId;
    this.#keepDraft();
  }

  #keepDraft() {
    if (this.value) sessionStorage.setItem(DRAFT + location.pathname, this.value);
    else sessionStorage.removeItem(DRAFT + location.pathname);
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

  #edited() {
    this.#grow();
    this.#keepDraft();
  }

  #suggest({ target }) {
    const button = target.closest("[data-suggestion]");
    if (!button) return;
    this.value = button.dataset.suggestion;
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
