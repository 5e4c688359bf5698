import { RequestError, getText, post } from "../lib/http.js";
import { morph, morphInner, parse } from "../lib/morph.js";
import { Replies } from "../lib/replies.js";
import { Scroll } from "../lib/scroll.js";

const ASK_EVERY = 1000; // ms, while no socket tells the news
const PLACE = "place:"; // of the reader, per conversation
const RUNNING = ["queued", "streaming"];

const isRunning = (article) => RUNNING.includes(article.dataset.status);
const isReply = (article) => article?.dataset.role === "assistant";
const isPending = (article) => !article.dataset.message;

/** The messages on the page: shows what the socket and the answers to posts bring. */
class MessageList extends HTMLElement {
  #articles = new Map(); // message id -> article
  #replies = new Replies({
    onText: (id, blocks, changed) => this.#paint(this.#articles.get(id), blocks, changed),
    onState: (id, html) => this.#update(this.#articles.get(id), parse(html)[0]),
  });
  #end = new AbortController();
  #poll = null;

  connectedCallback() {
    const { signal } = this.#end;
    const jump = this.querySelector("[data-jump]");
    this.messages = this.querySelector(".messages");
    this.status = this.querySelector("[data-spoken]");
    this.scroll = new Scroll(this.messages.parentElement, this.messages, (far) => (jump.hidden = !far), signal);
    for (const article of this.messages.querySelectorAll("article")) this.#register(article);
    this.scroll.recall(PLACE + this.dataset.conversation);
    jump.addEventListener("click", () => this.scroll.toEnd(), { signal });
    this.addEventListener("submit", (event) => this.#retry(event), { signal });
    addEventListener("pagehide", () => this.scroll.remember(PLACE + this.dataset.conversation), { signal });
    this.#listen("message.created", (event) => this.insert(event.html));
    this.#listen("message.finished", (event) => this.insert(event.html));
    this.#listen("reply.patch", (event) => this.#replies.receive(event));
    document.addEventListener("live:open", () => this.#catchUp(), { signal });
    document.addEventListener("live:down", () => this.#askWithoutSocket(), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
    clearInterval(this.#poll);
  }

  /** Shows a message that is on its way, near the top. */
  send(article) {
    this.withdraw(article.dataset.clientId);
    this.messages.append(article);
    this.scroll.anchor(article);
  }

  /** Tells that a message was not sent, and why. */
  fail(clientId, sentence) {
    const article = this.#pending(clientId);
    if (!article) return;
    article.dataset.status = "unsent";
    article.querySelector("[data-part=error]").hidden = false;
    article.querySelector("[data-sentence]").textContent = sentence;
    this.say(sentence);
  }

  withdraw(clientId) {
    this.#pending(clientId)?.remove();
  }

  insert(html) {
    for (const article of parse(html)) this.#place(article);
  }

  /** Puts an earlier page in the place of the link to it; what is read stays where it is. */
  insertOlder(link, html) {
    const nodes = parse(html);
    this.scroll.keep(link.nextElementSibling, () => link.replaceWith(...nodes));
    for (const node of nodes) if (node.matches("article")) this.#register(node);
  }

  say(sentence) {
    this.status.textContent = sentence;
  }

  #listen(type, handle) {
    const own = ({ detail }) => detail.conversation === this.dataset.conversation && handle(detail);
    document.addEventListener(`live:${type}`, own, { signal: this.#end.signal });
  }

  #pending(clientId) {
    return clientId && this.messages.querySelector(`[data-client-id="${clientId}"][data-message=""]`);
  }

  #place(article) {
    const known = this.#articles.get(article.dataset.message) ?? this.#pending(article.dataset.clientId);
    if (!known) this.#add(article);
    else if (isPending(known) || this.#isNews(article)) this.#update(known, article);
  }

  #add(article) {
    const position = +article.dataset.position;
    let before = this.messages.lastElementChild;
    while (before?.matches("article") && (isPending(before) || +before.dataset.position > position)) {
      before = before.previousElementSibling;
    }
    if (before) before.after(article);
    else this.messages.prepend(article);
    // Two replies in a row are versions of one: the newer stands for both.
    if (isReply(article) && isReply(before)) this.#remove(before);
    this.#register(article);
    this.#announce(article);
  }

  /** A running reply's text comes by patches and from its state, never from a list. */
  #isNews({ dataset, dataset: { message, attempt } }) {
    return !RUNNING.includes(dataset.status) && +attempt >= this.#replies.attempt(message);
  }

  #update(known, article) {
    const before = known.dataset.status;
    morph(known, article);
    this.#register(known);
    if (known.dataset.status !== before) this.#announce(known);
  }

  #remove(article) {
    this.#articles.delete(article.dataset.message);
    this.#replies.forget(article.dataset.message);
    article.remove();
  }

  #register(article) {
    const { message, attempt, sequence, stateUrl } = article.dataset;
    this.#articles.set(message, article);
    if (isReply(article) && isRunning(article)) {
      const blocks = article.firstElementChild.children.length ? null : [];
      this.#replies.track(message, stateUrl, { attempt: +attempt, sequence: +sequence, blocks });
    } else {
      this.#replies.forget(message);
    }
  }

  /** Speaks about a reply's beginning and end, and tells the composer which reply runs. */
  #announce(article) {
    if (!isReply(article)) return;
    const { status, stopUrl } = article.dataset;
    const running = isRunning(article);
    const word = running ? "answering" : { stopped: "stopped", failed: "failed" }[status] ?? "done";
    this.say(this.dataset[`says${word[0].toUpperCase()}${word.slice(1)}`]);
    const detail = { running, stopUrl };
    this.dispatchEvent(new CustomEvent("reply:running", { detail, bubbles: true }));
  }

  #paint(article, blocks, changed) {
    const part = article.firstElementChild;
    for (const index of changed) {
      if (index < blocks.length) morphInner(part.children[index] ?? part.appendChild(emptyBlock()), blocks[index]);
    }
    while (part.children.length > blocks.length) part.lastElementChild.remove();
    if (article.dataset.status !== "streaming") article.dataset.status = "streaming";
  }

  /** The last message that the server knows. */
  get #last() {
    return [...this.messages.querySelectorAll("article:not([data-message=''])")].at(-1);
  }

  async #catchUp() {
    clearInterval(this.#poll);
    this.#poll = null;
    this.#replies.askAll();
    const last = this.#last;
    if (!this.dataset.url || !last) return;
    // One step back: another tab may have retried the last reply meanwhile.
    const after = Math.max(0, +last.dataset.position - 1);
    try {
      this.insert(await getText(`${this.dataset.url}messages?after=${after}`));
      // More may have come than one answer holds.
      if (this.#last !== last) await this.#catchUp();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      setTimeout(() => this.isConnected && this.#catchUp(), ASK_EVERY);
    }
  }

  #askWithoutSocket() {
    this.#poll ??= setInterval(() => this.#replies.askAll(), ASK_EVERY);
  }

  async #retry(event) {
    const form = event.target;
    if (!form.matches("[data-retry]")) return;
    event.preventDefault();
    try {
      const answer = await post(form.action);
      this.insert((await answer.json()).messages);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      document.dispatchEvent(new CustomEvent("request:failed", { detail: error }));
    }
  }
}

function emptyBlock() {
  const block = document.createElement("div");
  block.className = "block";
  return block;
}

customElements.define("message-list", MessageList);
