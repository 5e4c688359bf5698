// The dialog that shares a chat. The server makes its content, which without scripts is a page of its own.

import { writeToClipboard } from "../../lib/clipboard.js";
import { REQUEST_FAILED, dispatch } from "../../lib/events.js";
import { RequestError, getText, post } from "../../lib/http.js";

/** Around the form with the button that opens it. */
class ShareDialog extends HTMLElement {
  #end = new AbortController();
  #busy = false;

  connectedCallback() {
    const { signal } = this.#end;
    this.dialog = document.createElement("dialog");
    this.dialog.className = "dialog share-dialog";
    this.dialog.setAttribute("aria-labelledby", "share-heading");
    this.append(this.dialog);
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.dialog.addEventListener("click", ({ target }) => this.#press(target.closest("button")), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
    this.dialog.remove();
  }

  #submit(event) {
    event.preventDefault();
    if (this.#busy) return;
    this.#busy = true;
    const work = event.submitter.matches("[data-share]") ? this.#open(event.target) : this.#send(event.target);
    work.finally(() => (this.#busy = false));
  }

  async #open(form) {
    try {
      this.#show(await getText(form.action));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return dispatch(document, REQUEST_FAILED, error);
    }
    this.dialog.showModal();
    this.#focus();
  }

  async #send(form) {
    try {
      this.#show(await (await post(form.action, new FormData(form))).text());
      this.#focus();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#report(error.sentence);
    }
  }

  #show(html) {
    this.dialog.innerHTML = html;
  }

  /** The button that was pressed is gone: the link is what comes next, or else the heading. */
  #focus() {
    (this.dialog.querySelector("[data-copy-share]") ?? this.dialog.querySelector("#share-heading")).focus();
  }

  #press(button) {
    if (button?.matches("[data-close]")) this.dialog.close();
    if (button?.matches("[data-copy-share]")) this.#copy(button);
  }

  async #copy(button) {
    const field = this.dialog.querySelector("[data-link]");
    try {
      await writeToClipboard({ "text/plain": field.value });
      this.dialog.querySelector("[role=status]").textContent = button.dataset.done;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      field.focus();
      field.select();
      this.#report(button.dataset.failed);
    }
  }

  #report(sentence) {
    const line = this.dialog.querySelector("[data-problem]");
    line.textContent = sentence || line.dataset.failed;
    line.hidden = false;
    line.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("share-dialog", ShareDialog);
