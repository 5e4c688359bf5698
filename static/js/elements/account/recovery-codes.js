// Recovery codes that can be copied.

import { writeToClipboard } from "../../lib/clipboard.js";

class RecoveryCodes extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const button = this.querySelector("[data-copy]");
    button.hidden = false;
    button.addEventListener("click", () => this.#copy(), { signal: this.#end.signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  async #copy() {
    const codes = [...this.querySelectorAll("code")].map((code) => code.textContent);
    await writeToClipboard({ "text/plain": codes.join("\n") });
    this.querySelector("[role=status]").textContent = this.dataset.copied;
  }
}

customElements.define("recovery-codes", RecoveryCodes);
