// A link to earlier messages, which fetches them by itself when the reader comes near.

import { RequestError, getText } from "../../lib/http.js";

const AHEAD = "800px"; // from the end of the page, where the next page is fetched

/** Part of the message list. */
class OlderMessages extends HTMLElement {
  #observer = null;

  connectedCallback() {
    const root = this.closest(".scroller");
    if (!root) return; // in a fragment that isn't on the page yet
    this.link = this.querySelector("a");
    this.link.addEventListener("click", (event) => event.preventDefault() || this.load());
    this.#observer = new IntersectionObserver(([entry]) => entry.isIntersecting && this.load(), {
      root,
      rootMargin: `${AHEAD} 0px 0px`,
    });
    this.#observer.observe(this);
  }

  disconnectedCallback() {
    this.#observer?.disconnect();
  }

  get url() {
    return this.link.href;
  }

  /** Replaces itself by the messages. Returns a promise of whether that worked. */
  async load() {
    this.#observer.disconnect();
    try {
      const html = await getText(this.url);
      if (this.isConnected) this.closest("message-list").insertOlder(this, html);
      return true;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return false; // the link stays: a click tries again
    }
  }
}

customElements.define("older-messages", OlderMessages);
