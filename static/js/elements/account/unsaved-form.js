// A form with longer text, on a page of several: asks before the page leaves with what isn't saved.

class UnsavedForm extends HTMLElement {
  #end = new AbortController();
  #isSaving = false;

  connectedCallback() {
    const { signal } = this.#end;
    this.addEventListener("submit", () => { this.#isSaving = true; }, { signal });
    window.addEventListener("beforeunload", (event) => this.#ask(event), { signal });
    // Back may show this page from the browser's memory, as it was left.
    window.addEventListener("pageshow", () => { this.#isSaving = false; }, { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #ask(event) {
    if (!this.#isSaving && this.#isChanged) event.preventDefault();
  }

  get #isChanged() {
    const texts = [...this.querySelectorAll("textarea")];
    return texts.some((text) => text.value !== text.defaultValue);
  }
}

customElements.define("unsaved-form", UnsavedForm);
