// Model and thinking beside the message box: sent with every message, and saved at once.

import { shown } from "../../lib/conversation.js";
import { LIVE_CONVERSATION_CHANGED, MODEL_CHOSEN, REQUEST_FAILED, SETTINGS_EDITED } from "../../lib/events.js";
import { dispatch, listen } from "../../lib/events.js";
import { RequestError, post } from "../../lib/http.js";

class ModelControls extends HTMLElement {
  #saving = 0; // requests on their way
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.model = this.querySelector("[name=model]");
    this.thinking = this.querySelector("[name=thinking]");
    this.usualTitle = this.thinking.title;
    this.addEventListener("change", ({ target }) => this.#choose(target), { signal });
    listen(document, SETTINGS_EDITED, (settings) => this.#show(settings), signal);
    listen(document, LIVE_CONVERSATION_CHANGED, (event) => this.#follow(event), signal);
    this.#allowThinking();
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #show({ model, thinking }) {
    this.model.value = model;
    this.thinking.value = thinking;
    this.#allowThinking();
  }

  #allowThinking() {
    const cannot = this.model.selectedOptions[0].hasAttribute("data-cannot-think");
    if (cannot) this.thinking.value = "";
    this.thinking.disabled = cannot;
    this.thinking.title = cannot ? this.thinking.dataset.cannot : this.usualTitle;
  }

  async #choose({ name, value }) {
    this.#allowThinking();
    dispatch(this, MODEL_CHOSEN, { model: this.model.value, thinking: this.thinking.value });
    if (!shown.url) return;
    this.#saving += 1;
    try {
      await post(`${shown.url}settings`, { [name]: value });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      dispatch(document, REQUEST_FAILED, error);
    } finally {
      this.#saving -= 1;
    }
  }

  /** While a choice is being saved, the event of an earlier choice would undo it for a moment. */
  #follow({ conversation, settings }) {
    if (conversation === shown.id && !this.#saving) this.#show(settings);
  }
}

customElements.define("model-controls", ModelControls);
