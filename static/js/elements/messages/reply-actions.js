// The forms in messages: retries, continues, approves and excludes without leaving the page.

import { REQUEST_FAILED, dispatch } from "../../lib/events.js";
import { RequestError, post } from "../../lib/http.js";

const NO_CONTENT = 204;

/** Part of the message list. */
class ReplyActions extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    this.list = this.closest("message-list");
    this.list.addEventListener("submit", (event) => this.#submit(event), { signal: this.#end.signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  async #submit(event) {
    const form = event.target;
    if (!form.matches("[data-act]")) return;
    event.preventDefault();
    try {
      const { id } = form.closest("article");
      const answer = await post(form.action, new FormData(form, event.submitter));
      if (answer.status !== NO_CONTENT) this.list.thread.insertNew(await answer.json());
      this.#keepFocus(id);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      dispatch(document, REQUEST_FAILED, error);
    }
  }

  /** Focuses the message whose button was pressed and is gone, so that the keyboard continues there. */
  #keepFocus(id) {
    const article = this.list.querySelector(`#${id}`) ?? [...this.list.querySelectorAll("article")].at(-1);
    if (document.activeElement !== document.body) return;
    article.tabIndex = -1;
    article.focus({ preventScroll: true });
    const notice = article.querySelector(":scope > [data-part=notice]");
    if (notice) this.list.announce(notice.innerText);
  }
}

customElements.define("reply-actions", ReplyActions);
