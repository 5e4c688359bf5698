import { RequestError, enterSession, post, renewToken } from "../../lib/http.js";

const TOO_MANY = 429;

/** Signs a person in again on the page that they write on. Somebody else gets a page of their own. */
class SignInAgain extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    document.addEventListener("sign-in:wanted", () => this.#open(), { signal });
    document.addEventListener("click", (event) => this.#follow(event), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #follow(event) {
    if (!event.target.closest("[data-sign-in]")) return;
    event.preventDefault();
    this.#open();
  }

  /** The form stands in the page only while it is open: browsers fill in passwords on sight. */
  #open() {
    if (this.querySelector("dialog")) return;
    this.append(this.querySelector("template").content.cloneNode(true));
    const dialog = this.querySelector("dialog");
    dialog.addEventListener("close", () => dialog.remove());
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    dialog.querySelector("form").addEventListener("submit", (event) => this.#submit(event));
    dialog.showModal();
  }

  async #submit(event) {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("[data-submit]");
    button.disabled = true;
    try {
      // Another tab may have signed in meanwhile. If not, this brings a token that still holds.
      if (!(await renewToken())) enterSession(await (await post(form.action, new FormData(form))).json());
      this.querySelector("dialog")?.close();
      document.dispatchEvent(new Event("signed-in"));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#complain(form, error);
    } finally {
      button.disabled = false;
    }
  }

  #complain(form, { status, sentence }) {
    const line = form.querySelector("[role=alert]");
    line.textContent = sentence || (status === TOO_MANY ? this.dataset.tooMany : this.dataset.offline);
    line.hidden = false;
    form.elements.password.select();
  }
}

customElements.define("sign-in-again", SignInAgain);
