// The buttons of messages: switches versions, regenerates, and opens the menu and the editor.

import "./message-editor.js";
import "./message-menu.js";
import "./undo-offer.js";
import { shown } from "../../lib/conversation.js";
import { REQUEST_FAILED, dispatch } from "../../lib/events.js";
import { RequestError, post } from "../../lib/http.js";
import { ask } from "../../lib/question.js";
import { storedPlaces } from "../../lib/tab-storage.js";

const ARROWS = { ArrowLeft: 0, ArrowRight: 1 }; // the button among those of the versions

/** Part of the message list. */
class MessageActions extends HTMLElement {
  #end = new AbortController();
  #clicked = ""; // what was clicked last

  connectedCallback() {
    const { signal } = this.#end;
    this.list = this.closest("message-list");
    this.menu = document.createElement("message-menu");
    this.undo = document.createElement("undo-offer");
    this.append(this.menu, this.undo);
    this.list.addEventListener("click", (event) => this.#click(event), { signal });
    this.list.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.list.addEventListener("keydown", (event) => this.#switchByKey(event), { signal });
    for (const id of storedPlaces("edit")) {
      const article = this.list.querySelector(`article[data-message="${CSS.escape(id)}"]`);
      if (article) this.#edit(article, `${location.pathname}messages/${id}/edit`);
    }
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  /** Posts a form; when a reply must be stopped first, asks and posts it again. Returns the response, or null. */
  async send(url, fields) {
    try {
      return await post(url, fields);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.html && (await ask(error.html))) {
        fields.set("stop", "on");
        return this.send(url, fields);
      }
      if (error.reason === "moved") await this.list.catchUp();
      if (!error.html) this.report(error);
      return null;
    }
  }

  report(error) {
    dispatch(document, REQUEST_FAILED, error);
  }

  /** Ignores the second click of a double click on Regenerate, which hits what has moved to its place. */
  #click(event) {
    const action = event.target.closest("[data-do]")?.dataset.do;
    if (event.detail > 1 && action === "shown" && this.#clicked === "regenerate") event.preventDefault();
    else this.#clicked = action;
  }

  #submit(event) {
    const button = event.submitter;
    const action = button?.dataset.do;
    if (!action || action === "send") return;
    event.preventDefault();
    const url = button.getAttribute("formaction") ?? event.target.getAttribute("action");
    const article = button.closest("article") ?? this.menu.article;
    if (action === "menu") return this.menu.open(button, article, url);
    this.menu.close();
    if (action === "edit") this.#edit(article, url);
    if (action === "shown") this.#show(article, button, url);
    if (action === "regenerate") this.#regenerate(article, url, new FormData(event.target, button));
    if (action === "branch") this.#branch(url, new FormData(event.target));
    if (action === "delete") this.#delete(article, url);
    if (action === "undo") this.#undo(url);
  }

  async #edit(article, url) {
    if (article.querySelector("message-editor")) return article.querySelector("textarea").focus();
    const editor = document.createElement("message-editor");
    if (await editor.load(url, article.dataset.message, this)) article.append(editor);
  }

  async #show(article, button, url) {
    const { position } = article.dataset;
    const label = button.getAttribute("aria-label");
    if (!(await this.send(url, new FormData()))) return;
    await this.list.catchUp();
    const shown = this.list.querySelector(`article[data-position="${position}"]`);
    const same = shown?.querySelector(`[data-part=versions] [aria-label="${label}"]:enabled`);
    (same ?? shown?.querySelector("[data-part=versions] :enabled"))?.focus();
  }

  async #delete(article, url) {
    const { position } = article.dataset;
    const answer = await this.send(url, { head: this.list.thread.head });
    if (!answer) return this.focusLast();
    await this.offerUndo({ conversation: shown.id, ...(await answer.json()) });
    this.#focusAt(position);
  }

  async #undo(url) {
    const message = this.undo.message;
    const answer = await this.send(url, {});
    this.undo.end(message);
    if (answer) await this.list.catchUp();
    const article = this.list.querySelector(`article[data-message="${CSS.escape(message)}"]`);
    if (article) this.#focusAt(article.dataset.position);
    else this.focusLast();
  }

  /** Offers to bring back a version that this tab or another one has deleted. */
  async offerUndo({ conversation, ...deletion }) {
    if (conversation !== shown.id) return;
    const isNew = this.undo.offer(deletion);
    await this.list.catchUp(); // which announces what is shown in its place
    if (isNew) this.list.announce(this.undo.innerText);
  }

  /** Focuses the message at a position, because the one whose button was pressed is gone. */
  #focusAt(position) {
    const article = this.list.querySelector(`article[data-position="${position}"]`);
    if (!article) return this.focusLast();
    article.tabIndex = -1;
    article.focus({ preventScroll: true });
  }

  async #regenerate(article, url, fields) {
    fields.set("head", this.list.thread.head);
    const answer = await this.send(url, fields);
    if (!answer) return;
    this.list.thread.insertNew(await answer.json());
    this.focusLast();
  }

  async #branch(url, fields) {
    const answer = await this.send(url, fields);
    if (answer) location.assign((await answer.json()).url);
  }

  /** Focuses the last message, because the one whose button was pressed is gone. */
  focusLast() {
    if (document.activeElement !== document.body) return;
    const { last } = this.list.thread;
    last.tabIndex = -1;
    last.focus({ preventScroll: true });
  }

  #switchByKey(event) {
    const versions = event.target.closest("[data-part=versions]");
    if (!versions || !(event.key in ARROWS)) return;
    event.preventDefault();
    versions.querySelectorAll("button")[ARROWS[event.key]].click();
  }
}

customElements.define("message-actions", MessageActions);
