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

  /** Keeps what stands in the box, and other texts of this page that were not sent. */
  keepDraft(others = []) {
    const text = [...others, this.value].filter(Boolean).join("\n\n");
    if (text) sessionStorage.setItem(DRAFT + location.pathname, text);
    else this.dropDraft();
  }

  dropDraft() {
    sessionStorage.removeItem(DRAFT + location.pathname);
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
    this.keepDraft();
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
