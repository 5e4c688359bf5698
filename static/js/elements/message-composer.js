import { RequestError, post } from "../lib/http.js";
import { uuid4 } from "../lib/uuid.js";

const TOUCH = matchMedia("(pointer: coarse)");
const DRAFT = "draft:"; // per page, in this tab's session storage

/** The box that messages are written in. Text leaves it for good only once the server has it. */
class MessageComposer extends HTMLElement {
  #unsent = new Map(); // client id -> { data, chips } of refused sends that are not in the box
  #returned = ""; // client id of the refused send that is back in the box
  #sending = false;
  #waiting = false; // for uploads
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.form = this.querySelector("[data-composer]");
    this.text = this.form.elements.text;
    this.hint = this.querySelector("[data-hint]");
    this.stopForm = this.querySelector("#stop-form");
    this.pictures = this.querySelector("picture-attacher");
    this.list = document.querySelector("message-list");
    this.form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.stopForm.addEventListener("submit", (event) => this.#stop(event), { signal });
    this.text.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.text.addEventListener("input", () => this.#edited(), { signal });
    this.form.elements.model.addEventListener("change", () => this.#chooseModel(), { signal });
    this.addEventListener("pictures:changed", () => this.#waiting && this.#submit(), { signal });
    this.addEventListener("pictures:refused", ({ detail }) => this.#say(detail), { signal });
    this.addEventListener("click", ({ target }) => this.#suggest(target.closest("[data-suggestion]")), { signal });
    document.addEventListener("click", ({ target }) => this.#resend(target.closest("[data-resend]")), { signal });
    document.addEventListener("keydown", (event) => this.#escape(event), { signal });
    document.addEventListener("reply:running", ({ detail }) => this.#run(detail), { signal });
    document.addEventListener("request:failed", ({ detail }) => this.#say(detail.sentence || this.dataset.offline), { signal });
    document.addEventListener("live:conversation.changed", ({ detail }) => this.#follow(detail), { signal });
    addEventListener("popstate", () => location.reload(), { signal });
    this.text.value ||= sessionStorage.getItem(DRAFT + location.pathname) ?? "";
    this.#grow();
    if (!TOUCH.matches) this.text.focus({ preventScroll: true });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  get #running() {
    return this.hasAttribute("data-running");
  }

  /** The sentence that stands against sending now; "" when nothing is to be sent, null when all is well. */
  get #obstacle() {
    if (!this.text.value.trim() && this.pictures.isEmpty) return "";
    if (this.#running || this.#sending) return this.dataset.busy;
    if (this.text.value.length > +this.dataset.max) return this.dataset.tooLong;
    if (this.pictures.hasFailed) return this.dataset.failedPictures;
    return this.pictures.isBusy ? this.dataset.uploading : null;
  }

  #submit(event) {
    event?.preventDefault();
    const obstacle = this.#obstacle;
    this.#waiting = obstacle === this.dataset.uploading;
    this.#say(obstacle ?? "");
    if (obstacle !== null) return;
    const data = new FormData(this.form);
    data.delete("images");
    const chips = this.pictures.take();
    this.#returned = "";
    this.form.elements.client_id.value = uuid4();
    this.#setText("");
    document.querySelector("#main").removeAttribute("data-empty");
    this.list.send(this.#pendingCopy(data, chips));
    this.#deliver(data, chips);
  }

  #pendingCopy(data, chips) {
    const article = document.querySelector("#pending-message").content.querySelector("article").cloneNode(true);
    article.dataset.clientId = data.get("client_id");
    article.querySelector("[data-part=text]").textContent = data.get("text");
    article.querySelector("[data-pictures]").append(...chips.map((chip) => this.pictures.preview(chip)));
    return article;
  }

  async #deliver(data, chips) {
    this.#sending = true;
    try {
      const answer = await (await post(this.form.action, data)).json();
      this.#unsent.delete(data.get("client_id"));
      this.list.insert(answer.messages);
      this.#keepDraft();
      if (!this.dataset.modelUrl) this.#enter(answer.conversation);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#giveBack(data, chips, error);
    } finally {
      this.#sending = false;
    }
  }

  #giveBack(data, chips, error) {
    const clientId = data.get("client_id");
    this.list.fail(clientId, error.sentence || this.dataset.offline);
    if (error.status === 401) document.dispatchEvent(new Event("signed-out"));
    if (this.text.value || !this.pictures.isEmpty) {
      this.#unsent.set(clientId, { data, chips });
    } else {
      this.form.elements.client_id.value = this.#returned = clientId;
      this.pictures.give(chips);
      this.#setText(data.get("text"));
    }
  }

  #resend(button) {
    if (!button) return;
    const article = button.closest("article");
    const { clientId } = article.dataset;
    const held = this.#unsent.get(clientId);
    if (clientId === this.#returned) this.#submit();
    else if (held && !this.#sending && !this.#running) {
      article.dataset.status = "sending";
      this.#deliver(held.data, held.chips);
    } else this.#say(this.dataset.busy);
  }

  /** The first message made this page a conversation's page. */
  #enter(conversation) {
    history.pushState(null, "", conversation.url);
    this.form.action = `${conversation.url}messages`;
    this.dataset.modelUrl = `${conversation.url}model`;
    this.list.dataset.url = conversation.url;
    document.dispatchEvent(new CustomEvent("conversation:entered", { detail: conversation }));
  }

  #run({ running, stopUrl }) {
    this.toggleAttribute("data-running", running);
    if (running) this.stopForm.action = stopUrl;
    if (!running && this.hint.textContent === this.dataset.busy) this.#say("");
  }

  #stop(event) {
    event.preventDefault();
    this.#request(this.stopForm.action);
  }

  #chooseModel() {
    const { model } = this.form.elements;
    if (this.dataset.modelUrl) this.#request(this.dataset.modelUrl, { model: model.value });
  }

  /** Another tab chose a model for this conversation. */
  #follow({ conversation, model }) {
    if (conversation === this.form.elements.conversation.value) this.form.elements.model.value = model;
  }

  async #request(url, fields) {
    try {
      await post(url, fields);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#say(error.sentence || this.dataset.offline);
    }
  }

  #key(event) {
    // 229: Safari ends a composition before it tells about the Enter that ended it.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    const plain = !event.shiftKey && !event.altKey && !TOUCH.matches;
    if (!plain && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.#submit();
  }

  #escape(event) {
    if (event.key !== "Escape" || !this.#running || event.isComposing) return;
    if (!document.querySelector("dialog[open], :popover-open")) this.stopForm.requestSubmit();
  }

  #suggest(button) {
    if (!button) return;
    this.#setText(button.dataset.suggestion);
    this.text.focus();
  }

  /** Whoever edits a refused message sends a new one in its place. */
  #edited() {
    if (this.#returned) {
      this.list.withdraw(this.#returned);
      this.form.elements.client_id.value = uuid4();
      this.#returned = "";
    }
    this.#grow();
    this.#keepDraft();
  }

  #setText(text) {
    this.text.value = text;
    this.#grow();
  }

  #keepDraft() {
    if (this.text.value) sessionStorage.setItem(DRAFT + location.pathname, this.text.value);
    else sessionStorage.removeItem(DRAFT + location.pathname);
  }

  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }

  #say(sentence) {
    this.hint.textContent = sentence;
  }
}

customElements.define("message-composer", MessageComposer);
