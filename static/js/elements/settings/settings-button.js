// The button that opens the settings, with a dot while some settings differ from their defaults.

import { ONLY_IN_SHEET, hasSheet } from "../../lib/chosen-settings.js";
import { shown } from "../../lib/conversation.js";
import { CONVERSATION_BEGUN, LIVE_CONVERSATION_CHANGED, SETTINGS_MARKED, SETTINGS_READY, listen } from "../../lib/events.js";

class SettingsButton extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.button = this.querySelector("button");
    listen(document, CONVERSATION_BEGUN, ({ url }) => (this.button.form.action = `${url}settings`), signal);
    listen(document, SETTINGS_READY, ({ panel }) => this.#openBy(panel), signal);
    listen(document, SETTINGS_MARKED, ({ isChanged }) => this.#mark(isChanged), signal);
    listen(document, LIVE_CONVERSATION_CHANGED, (event) => this.#follow(event), signal);
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  /** Opens the panel in place of the page that has it. */
  #openBy(panel) {
    this.button.type = "button";
    this.button.popoverTargetElement = panel;
  }

  #mark(isChanged) {
    const { title, titleChanged } = this.dataset;
    this.button.toggleAttribute("data-changed", isChanged);
    this.button.title = isChanged ? titleChanged : title;
  }

  /** The sheet knows better, once it is there: which tools are on without anybody's choice. */
  #follow({ conversation, settings }) {
    const { tool_choices: choices } = settings; // a sent message changes only model and thinking
    if (conversation !== shown.id || !choices || hasSheet()) return;
    this.#mark(ONLY_IN_SHEET.some((name) => (settings[name] ?? "") !== "") || Object.keys(choices).length > 0);
  }
}

customElements.define("settings-button", SettingsButton);
