import { RequestError, post } from "../../lib/http.js";

/** Model and thinking beside the message box: sent with every message, and saved at once. */
class ModelControls extends HTMLElement {
  #saving = 0; // requests on their way
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.list = document.querySelector("message-list");
    this.model = this.querySelector("[name=model]");
    this.thinking = this.querySelector("[name=thinking]");
    this.usualTitle = this.thinking.title;
    this.addEventListener("change", ({ target }) => this.#choose(target), { signal });
    document.addEventListener("live:conversation.changed", ({ detail }) => this.#follow(detail), { signal });
    this.#allow();
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  show({ model, thinking }) {
    this.model.value = model;
    this.thinking.value = thinking;
    this.#allow();
  }

  #allow() {
    const cannot = this.model.selectedOptions[0].hasAttribute("data-cannot-think");
    if (cannot) this.thinking.value = "";
    this.thinking.disabled = cannot;
    this.thinking.title = cannot ? this.thinking.dataset.cannot : this.usualTitle;
  }

  async #choose({ name, value }) {
    this.#allow();
    const detail = { model: this.model.value, thinking: this.thinking.value };
    this.dispatchEvent(new CustomEvent("settings:quick", { detail, bubbles: true }));
    const { url } = this.list.dataset;
    if (!url) return;
    this.#saving += 1;
    try {
      await post(`${url}settings`, { [name]: value });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      document.dispatchEvent(new CustomEvent("request:failed", { detail: error }));
    } finally {
      this.#saving -= 1;
    }
  }

  /** The news of a choice that the next one has overtaken would turn it back for a moment. */
  #follow({ conversation, settings }) {
    if (conversation === this.list.dataset.conversation && !this.#saving) this.show(settings);
  }
}

customElements.define("model-controls", ModelControls);
