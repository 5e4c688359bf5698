import { isPending, isReply, isRunning, paint } from "../lib/articles.js";
import { RequestError, getText, post } from "../lib/http.js";
import { morph, parse } from "../lib/morph.js";
import { Replies } from "../lib/replies.js";
import { Scroll } from "../lib/scroll.js";

const ASK_EVERY = 1000; // ms, while no socket tells the news
const NO_CONTENT = 204;
const PLACE = "place:"; // of the reader, per conversation

/** The messages on the page: shows what the socket and the answers to posts bring. */
class MessageList extends HTMLElement {
  #articles = new Map(); // message id -> article
  #replaced = new Set(); // ids of replies that a later one stands for
  #replies = new Replies({
    onChange: (id, blocks, changes) => this.#paint(this.#articles.get(id), blocks, changes),
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
    this.addEventListener("submit", (event) => this.#act(event), { signal });
    addEventListener("pagehide", () => this.scroll.remember(PLACE + this.dataset.conversation), { signal });
    this.#listen("message.created", (event) => this.#insertNew(event));
    this.#listen("message.finished", (event) => this.insert(event.html));
    this.#listen("message.changed", (event) => this.insert(event.html));
    this.#listen("reply.resumed", (event) => this.insert(event.html));
    this.#listen("reply.patch", (event) => this.#replies.receive(event));
    document.addEventListener("live:open", () => this.#catchUp(), { signal });
    document.addEventListener("live:joined", ({ detail }) => detail.value && this.#catchUp(), { signal });
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

  /** Takes the answer to a send: what the socket has brought meanwhile is newer. */
  confirm(html) {
    for (const article of parse(html)) if (!this.#articles.has(article.dataset.message)) this.#place(article);
  }

  #insertNew({ html, replaces }) {
    if (replaces) this.#replaced.add(replaces);
    this.insert(html);
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
    if (this.#replaced.has(article.dataset.message)) return;
    const known = this.#articles.get(article.dataset.message) ?? this.#pending(article.dataset.clientId);
    if (!known) this.#add(article);
    else if (isPending(known) || this.#isNews(known, article)) this.#update(known, article);
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

  /** A running reply's text comes by patches and from its state; a list tells that it runs again. */
  #isNews(known, article) {
    const { message, attempt } = article.dataset;
    if (isRunning(article)) return !isRunning(known) && +attempt > +known.dataset.attempt;
    return +attempt >= this.#replies.attempt(message);
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
      const blocks = +sequence ? null : [];
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

  #paint(article, blocks, changes) {
    paint(article, blocks, changes);
    if (changes.parts.notices) this.say(article.querySelector("[data-slot=notices]").innerText);
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

  /** Retry, Continue and what else a person may ask of a reply. */
  async #act(event) {
    const form = event.target;
    if (!form.matches("[data-act]")) return;
    event.preventDefault();
    try {
      const { id } = form.closest("article");
      const answer = await post(form.action, new FormData(form));
      if (answer.status !== NO_CONTENT) this.#insertNew(await answer.json());
      this.#keepFocus(id);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      document.dispatchEvent(new CustomEvent("request:failed", { detail: error }));
    }
  }

  /** The button that was pressed is gone: whoever uses the keyboard goes on where it was. */
  #keepFocus(id) {
    const article = document.getElementById(id) ?? this.messages.lastElementChild;
    if (document.activeElement !== document.body) return;
    article.tabIndex = -1;
    article.focus({ preventScroll: true });
    const notice = article.querySelector(":scope > [data-part=notice]");
    if (notice) this.say(notice.innerText);
  }
}

customElements.define("message-list", MessageList);
