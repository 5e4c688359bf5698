// The title of the conversation above its messages.

import { CONVERSATION_TITLED, listen } from "../../lib/events.js";

class ConversationTitle extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    listen(document, CONVERSATION_TITLED, ({ title }) => (this.textContent = title), this.#end.signal);
  }

  disconnectedCallback() {
    this.#end.abort();
  }
}

customElements.define("conversation-title", ConversationTitle);
