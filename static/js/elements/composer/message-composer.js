import { RequestError, post } from "../../lib/http.js";
import { parse } from "../../lib/morph.js";
import { uuid4 } from "../../lib/uuid.js";

/** Where messages are written. What is sent goes to the outbox, which gives back what stays unsent. */
class MessageComposer extends HTMLElement {
  #isWaiting = false; // for uploads
  #path = ""; // of the conversation that the page shows
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.form = this.querySelector("[data-composer]");
    this.box = this.querySelector("message-box");
    this.hint = this.querySelector("[data-hint]");
    this.stopForm = this.querySelector("#stop-form");
    this.images = this.querySelector("image-attacher");
    this.list = document.querySelector("message-list");
    this.outbox = document.querySelector("message-outbox");
    this.settings = document.querySelector("settings-sheet");
    this.form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.stopForm.addEventListener("submit", (event) => this.#stop(event), { signal });
    this.box.addEventListener("input", () => this.#edited(), { signal });
    this.addEventListener("images:changed", () => this.#isWaiting && this.#submit(), { signal });
    this.addEventListener("images:refused", ({ detail }) => this.say(detail), { signal });
    document.addEventListener("keydown", (event) => this.#escape(event), { signal });
    document.addEventListener("reply:running", ({ detail }) => this.#run(detail), { signal });
    document.addEventListener("request:failed", ({ detail }) => this.say(detail.sentence || this.dataset.offline), { signal });
    document.addEventListener("live:conversation.changed", ({ detail }) => this.#follow(detail), { signal });
    addEventListener("popstate", () => this.#moved(), { signal });
    this.#path = location.pathname;
    // An id of this page's own: the browser may show a copy of a page whose id has been used.
    if (!this.list.dataset.url) this.begin(uuid4());
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  /** Nothing stands in it that giving a message back would mix with. */
  get isFree() {
    return !this.box.value && this.images.isEmpty;
  }

  get isRunning() {
    return this.hasAttribute("data-running");
  }

  say(sentence) {
    this.hint.textContent = sentence;
  }

  focus() {
    this.querySelector("textarea").focus();
  }

  /** The empty page is about to become the page of this conversation. */
  begin(id) {
    this.form.elements.conversation.value = id;
    this.form.action = `/c/${id}/messages`;
    this.list.dataset.conversation = id;
    document.querySelector("conversation-list").dataset.current = id;
  }

  /** Takes the answer to a message that was sent. */
  accept({ messages, conversation }) {
    this.list.confirm(messages);
    this.#enter(conversation.url);
    document.dispatchEvent(new CustomEvent("conversation:entered", { detail: conversation }));
  }

  /** Leaves room for another message; gives the chips of this one's images. */
  empty() {
    this.box.take();
    return this.images.take();
  }

  /** Takes an unsent message back. */
  give(message, chips) {
    this.box.give(message);
    this.images.give(chips);
  }

  /** The sentence that stands against sending now; "" when nothing is to be sent, null when all is well. */
  get #obstacle() {
    if (!this.box.value.trim() && this.images.isEmpty) return "";
    if (isLonger(this.box.value, +this.dataset.max)) return this.dataset.tooLong;
    if (this.images.hasFailed) return this.dataset.failedImages;
    return this.images.isBusy ? this.dataset.uploading : null;
  }

  #submit(event) {
    event?.preventDefault();
    const obstacle = this.#obstacle;
    this.#isWaiting = obstacle === this.dataset.uploading;
    this.say(obstacle ?? "");
    // Settings go along with the first message only.
    if (obstacle !== null || !(this.list.dataset.url || this.settings.check())) return;
    this.outbox.add(new FormData(this.form), this.empty());
  }

  /** Back and forward lead to another conversation; a link inside the page does not. */
  #moved() {
    if (location.pathname !== this.#path) location.reload();
  }

  /** The first message made this page a conversation's page; done twice it does nothing. */
  #enter(url) {
    if (this.list.dataset.url) return;
    history.pushState(null, "", url);
    this.#path = location.pathname;
    this.form.action = `${url}messages`;
    this.list.dataset.url = url;
    document.dispatchEvent(new CustomEvent("conversation:begun", { detail: { url } }));
  }

  #run({ running, stopUrl }) {
    this.toggleAttribute("data-running", running);
    if (running) this.stopForm.action = stopUrl;
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
      this.say(error.sentence || this.dataset.offline);
    }
  }

  #escape(event) {
    if (event.key !== "Escape" || !this.isRunning || event.isComposing) return;
    if (!document.querySelector("dialog[open], :popover-open")) this.stopForm.requestSubmit();
  }

  /** What is written while images are on their way goes out when it is sent again. */
  #edited() {
    if (this.#isWaiting) this.say("");
    this.#isWaiting = false;
  }
}

/** The server counts characters; `length` counts an emoji twice. */
function isLonger(text, max) {
  return text.length > max && [...text].length > max;
}

customElements.define("message-composer", MessageComposer);
