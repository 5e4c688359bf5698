// The button that opens the settings, with a dot while some settings differ from their defaults.

import { SETTINGS_MARKED, listen } from "../../lib/events.js";

class SettingsButton extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    this.button = this.querySelector("button");
    listen(document, SETTINGS_MARKED, ({ isChanged }) => this.#mark(isChanged), this.#end.signal);
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #mark(isChanged) {
    const { title, titleChanged } = this.dataset;
    this.button.toggleAttribute("data-changed", isChanged);
    this.button.title = isChanged ? titleChanged : title;
  }
}

customElements.define("settings-button", SettingsButton);
