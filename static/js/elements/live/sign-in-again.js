// Signs a person in again without leaving the page. Another person gets a new page.

import { SESSION_RENEWED, SIGN_IN_REQUESTED, dispatch, listen } from "../../lib/events.js";
import { RequestError, adoptSession, post, renewToken } from "../../lib/http.js";

class SignInAgain extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    listen(document, SIGN_IN_REQUESTED, () => this.#open(), this.#end.signal);
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  /** Adds the form, which is on the page only while it is open: browsers fill in every password field. */
  #open() {
    if (this.querySelector("dialog")) return;
    this.append(this.querySelector("template").content.cloneNode(true));
    const dialog = this.querySelector("dialog");
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", ({ target }) => target.closest("[data-close]") && dialog.close());
    dialog.addEventListener("submit", (event) => this.#submit(event));
    dialog.showModal();
  }

  async #submit(event) {
    event.preventDefault();
    const form = event.target;
    const button = event.submitter;
    button.disabled = true;
    try {
      // The person may have signed in in another tab meanwhile. If not, this brings a valid token for the form.
      if (!(await renewToken())) adoptSession(await (await post(form.action, new FormData(form))).json());
      this.querySelector("dialog")?.close();
      dispatch(document, SESSION_RENEWED);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#showProblem(form, error);
    } finally {
      button.disabled = false;
    }
  }

  /** Shows the problem, or the form that the server sends for the second step. */
  #showProblem(form, { sentence, html }) {
    const line = form.querySelector("[role=alert]");
    line.textContent = sentence || this.dataset.offline;
    line.hidden = false;
    if (html) form.outerHTML = html;
    this.querySelector("[autofocus]")?.select();
  }
}

customElements.define("sign-in-again", SignInAgain);
