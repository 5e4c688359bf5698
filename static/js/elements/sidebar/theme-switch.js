// The choice between the light theme, the dark theme and the system's.

import { REQUEST_FAILED, dispatch } from "../../lib/events.js";
import { RequestError, post } from "../../lib/http.js";

class ThemeSwitch extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    this.addEventListener("submit", (event) => this.#choose(event), { signal: this.#end.signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  async #choose(event) {
    event.preventDefault();
    this.#show(event.submitter);
    try {
      await post(event.target.action, { theme: event.submitter.value }, { keepalive: true });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      dispatch(document, REQUEST_FAILED, error);
    }
  }

  #show(chosen) {
    document.documentElement.dataset.theme = chosen.value;
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", button === chosen);
    }
    const paper = getComputedStyle(document.body).backgroundColor;
    for (const meta of document.querySelectorAll("meta[name=theme-color]")) meta.content = paper;
  }
}

customElements.define("theme-switch", ThemeSwitch);
