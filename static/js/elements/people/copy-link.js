// A link that is shown once, with a button that copies it and, where the browser can, one that shares it.

import { writeToClipboard } from "../../lib/clipboard.js";

class CopyLink extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    const [copy, share] = this.querySelectorAll("button");
    copy.parentElement.hidden = false;
    share.hidden = !navigator.share;
    copy.addEventListener("click", () => this.#copy(copy.dataset), { signal });
    share.addEventListener("click", () => this.#share(share.dataset.share), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  async #copy({ done, failed }) {
    const field = this.querySelector("input");
    try {
      await writeToClipboard({ "text/plain": field.value });
      this.#report(done);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      field.focus();
      field.select();
      this.#report(failed);
    }
  }

  async #share(title) {
    try {
      await navigator.share({ title, url: this.querySelector("input").value });
    } catch (error) {
      // The person closed the list of apps.
      if (error.name !== "AbortError") throw error;
    }
  }

  #report(sentence) {
    this.querySelector("[role=status]").textContent = sentence;
  }
}

customElements.define("copy-link", CopyLink);
