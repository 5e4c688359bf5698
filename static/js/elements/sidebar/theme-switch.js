// The choice between the light theme, the dark theme and the system's. A page may have two.

import { REQUEST_FAILED, THEME_CHOSEN, dispatch, listen } from "../../lib/events.js";
import { RequestError, post } from "../../lib/http.js";

class ThemeSwitch extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.addEventListener("submit", (event) => this.#choose(event), { signal });
    listen(document, THEME_CHOSEN, ({ theme }) => this.#show(theme), signal);
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  async #choose(event) {
    event.preventDefault();
    dispatch(document, THEME_CHOSEN, { theme: event.submitter.value });
    try {
      await post(event.target.action, { theme: event.submitter.value }, { keepalive: true });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      dispatch(document, REQUEST_FAILED, error);
    }
  }

  #show(theme) {
    document.documentElement.dataset.theme = theme;
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", button.value === theme);
    }
    const paper = getComputedStyle(document.body).backgroundColor;
    for (const meta of document.querySelectorAll("meta[name=theme-color]")) meta.content = paper;
  }
}

customElements.define("theme-switch", ThemeSwitch);
