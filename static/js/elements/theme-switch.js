import { post } from "../lib/http.js";

/** Light, dark, or as the system has it. */
class ThemeSwitch extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    this.addEventListener("submit", (event) => this.#choose(event), { signal: this.#end.signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #choose(event) {
    event.preventDefault();
    const theme = event.submitter.value;
    document.documentElement.dataset.theme = theme;
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", button === event.submitter);
    }
    const paper = getComputedStyle(document.body).backgroundColor;
    for (const meta of document.querySelectorAll("meta[name=theme-color]")) meta.content = paper;
    post(event.target.action, { theme });
  }
}

customElements.define("theme-switch", ThemeSwitch);
