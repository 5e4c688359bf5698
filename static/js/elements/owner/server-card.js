// A server on the tools page: checks its state on request, and when the shown state is old.

import { RequestError, post } from "../../lib/http.js";
import { morph, parse } from "../../lib/morph.js";

/** A check keeps choices that aren't saved yet. */
class ServerCard extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    this.addEventListener("submit", (event) => this.#submit(event), { signal: this.#end.signal });
    if (this.hasAttribute("data-stale")) this.#check();
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  async #submit(event) {
    if (!event.target.matches("[data-check]")) return;
    event.preventDefault();
    await this.#check();
    const lost = this.querySelector("[data-lost]:not([hidden])");
    const { textContent } = lost ?? this.querySelector("[data-when=known]");
    this.querySelector("[data-announcement]").textContent = textContent;
  }

  async #check() {
    const { state } = this.dataset;
    if (state === "pending") return;
    this.dataset.state = "pending";
    this.querySelector("[data-lost]").hidden = true;
    try {
      const answer = await post(this.dataset.url);
      morph(this, parse(await answer.text())[0]);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.dataset.state = state;
      this.querySelector("[data-lost]").hidden = false;
    }
  }
}

customElements.define("server-card", ServerCard);
