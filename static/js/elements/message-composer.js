import { RequestError, post } from "../lib/http.js";
import { parse } from "../lib/morph.js";
import { uuid4 } from "../lib/uuid.js";

/** Sends messages. What was written leaves the page for good only once the server has it. */
class MessageComposer extends HTMLElement {
  #unsent = new Map(); // client id -> { data, chips } of refused sends that are not in the box
  #returned = ""; // client id of the refused send that is back in the box
  #sending = false;
  #waiting = false; // for uploads
  #path = ""; // of the conversation that the page shows
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.form = this.querySelector("[data-composer]");
    this.box = this.querySelector("message-box");
    this.hint = this.querySelector("[data-hint]");
    this.stopForm = this.querySelector("#stop-form");
    this.pictures = this.querySelector("picture-attacher");
    this.list = document.querySelector("message-list");
    this.settings = document.querySelector("settings-sheet");
    this.form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.stopForm.addEventListener("submit", (event) => this.#stop(event), { signal });
    this.box.addEventListener("input", () => this.#edited(), { signal });
    this.addEventListener("pictures:changed", () => this.#waiting && this.#submit(), { signal });
    this.addEventListener("pictures:refused", ({ detail }) => this.#say(detail), { signal });
    document.addEventListener("click", ({ target }) => this.#resend(target.closest("[data-resend]")), { signal });
    document.addEventListener("keydown", (event) => this.#escape(event), { signal });
    document.addEventListener("reply:running", ({ detail }) => this.#run(detail), { signal });
    document.addEventListener("request:failed", ({ detail }) => this.#say(detail.sentence || this.dataset.offline), { signal });
    document.addEventListener("live:conversation.changed", ({ detail }) => this.#follow(detail), { signal });
    addEventListener("popstate", () => this.#moved(), { signal });
    addEventListener("pagehide", () => this.#keepUnsent(), { signal });
    this.#renew();
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  get #running() {
    return this.hasAttribute("data-running");
  }

  /** The sentence that stands against sending now; "" when nothing is to be sent, null when all is well. */
  get #obstacle() {
    if (!this.box.value.trim() && this.pictures.isEmpty) return "";
    if (this.#running || this.#sending) return this.dataset.busy;
    if (isLonger(this.box.value, +this.dataset.max)) return this.dataset.tooLong;
    if (this.pictures.hasFailed) return this.dataset.failedPictures;
    return this.pictures.isBusy ? this.dataset.uploading : null;
  }

  #submit(event) {
    event?.preventDefault();
    const obstacle = this.#obstacle;
    this.#waiting = obstacle === this.dataset.uploading;
    this.#say(obstacle ?? "");
    // Settings go along with the first message only.
    if (obstacle !== null || !(this.list.dataset.url || this.settings.check())) return;
    const data = new FormData(this.form);
    data.delete("images");
    const chips = this.pictures.take();
    this.#returned = "";
    this.form.elements.client_id.value = uuid4();
    this.box.value = "";
    document.querySelector("#main").removeAttribute("data-empty");
    this.list.send(this.#pendingCopy(data, chips));
    this.#deliver(data, chips);
  }

  /** Ids of this page's own: the browser may show a copy of a page whose ids have been used. */
  #renew() {
    this.form.elements.client_id.value = uuid4();
    this.#path = location.pathname;
    if (this.list.dataset.url) return;
    const id = uuid4();
    this.form.elements.conversation.value = id;
    this.form.action = `/c/${id}/messages`;
    this.list.dataset.conversation = id;
    document.querySelector("conversation-list").dataset.current = id;
  }

  /** Back and forward lead to another conversation; a link inside the page does not. */
  #moved() {
    if (location.pathname !== this.#path) location.reload();
  }

  #keepUnsent() {
    this.box.keepDraft([...this.#unsent.values()].map(({ data }) => data.get("text")));
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
      this.list.confirm(answer.messages);
      this.box.keepDraft();
      this.#enter(answer.conversation.url);
      document.dispatchEvent(new CustomEvent("conversation:entered", { detail: answer.conversation }));
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
    if (this.box.value || !this.pictures.isEmpty) {
      this.#unsent.set(clientId, { data, chips });
    } else {
      this.form.elements.client_id.value = this.#returned = clientId;
      this.pictures.give(chips);
      this.box.value = data.get("text");
      this.box.keepDraft();
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

  /** The first message made this page a conversation's page; done twice it does nothing. */
  #enter(url) {
    if (this.list.dataset.url) return;
    this.box.dropDraft();
    history.pushState(null, "", url);
    this.#path = location.pathname;
    this.box.keepDraft();
    this.form.action = `${url}messages`;
    this.list.dataset.url = url;
    document.dispatchEvent(new CustomEvent("conversation:begun", { detail: { url } }));
  }

  #run({ running, stopUrl }) {
    this.toggleAttribute("data-running", running);
    if (running) this.stopForm.action = stopUrl;
    if (!running && this.hint.textContent === this.dataset.busy) this.#say("");
  }

  /** News of this conversation: it now exists, which is often told before the post is answered. */
  #follow({ conversation, html }) {
    if (conversation !== this.form.elements.conversation.value) return;
    this.#enter(parse(html)[0].querySelector("a").getAttribute("href"));
  }

  async #stop(event) {
    event.preventDefault();
    try {
      await post(this.stopForm.action);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#say(error.sentence || this.dataset.offline);
    }
  }

  #escape(event) {
    if (event.key !== "Escape" || !this.#running || event.isComposing) return;
    if (!document.querySelector("dialog[open], :popover-open")) this.stopForm.requestSubmit();
  }

  /** Whoever edits a refused message sends a new one in its place. */
  #edited() {
    if (this.#waiting) this.#say(""); // what is written now goes out when it is sent again
    this.#waiting = false;
    if (!this.#returned) return;
    this.list.withdraw(this.#returned);
    this.form.elements.client_id.value = uuid4();
    this.#returned = "";
  }

  #say(sentence) {
    this.hint.textContent = sentence;
  }
}

/** The server counts characters; `length` counts an emoji twice. */
function isLonger(text, max) {
  return text.length > max && [...text].length > max;
}

customElements.define("message-composer", MessageComposer);
