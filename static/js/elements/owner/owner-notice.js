// A notice that the owner may hide for a week. The server reads the cookie and leaves the notice out.

const NAME = "hidden_notices";
const WEEK = 7 * 24 * 60 * 60; // s

class OwnerNotice extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const button = this.querySelector("[data-dismiss]");
    button.addEventListener("click", () => this.#hide(button.dataset.dismiss), { signal: this.#end.signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #hide(key) {
    const [, before = ""] = document.cookie.match(`${NAME}=([\\w.]*)`) ?? [];
    document.cookie = `${NAME}=${before}.${key}; path=/; max-age=${WEEK}; samesite=lax`;
    this.remove();
  }
}

customElements.define("owner-notice", OwnerNotice);
