import { isPending, isReply, isRunning, isUnfinished, paint, standing } from "../../lib/articles.js";
import { RequestError, getText, post } from "../../lib/http.js";
import { morph, parse } from "../../lib/morph.js";
import { Pending } from "../../lib/pending.js";
import { Replies } from "../../lib/replies.js";
import { Scroll } from "../../lib/scroll.js";

const ASK_AGAIN = 1000; // ms
const NO_CONTENT = 204;
const PLACE = `place:${document.documentElement.dataset.person}:`; // of the reader, per conversation

/** The messages on the page: shows what the socket and the answers to posts bring. */
class MessageList extends HTMLElement {
  #articles = new Map(); // message id -> article
  #replaced = new Set(); // ids of replies that a later one stands for
  #replies = new Replies({
    onChange: (id, blocks, changes) => this.#paint(this.#articles.get(id), blocks, changes),
    onState: (id, html) => this.#update(this.#articles.get(id), parse(html)[0]),
  });
  #end = new AbortController();
  #catching = null; // a promise, while the page asks for what it misses
  #isAsked = false;
  #later = 0;

  connectedCallback() {
    const { signal } = this.#end;
    const jump = this.querySelector("[data-jump]");
    this.messages = this.querySelector(".messages");
    this.pending = new Pending(this.messages);
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
    this.#listen("reply.elsewhere", ({ reply }) => this.#replies.hearsOf(reply) || this.catchUp());
    document.addEventListener("live:open", () => this.catchUp(), { signal });
    document.addEventListener("live:woken", () => this.catchUp(), { signal });
    document.addEventListener("live:down", () => this.#join(false), { signal });
    document.addEventListener("live:hello", ({ detail }) => this.#join(detail.joined !== false), { signal });
    document.addEventListener("live:joined", ({ detail }) => this.#join(detail.value) && this.catchUp(), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#replies.stop();
    clearTimeout(this.#later);
  }

  /** The id of the last message that the server knows, or "". */
  get tip() {
    return this.#last?.dataset.message ?? "";
  }

  get isEmpty() {
    return !this.messages.querySelector("article");
  }

  /** Status of a message on the page, or undefined. */
  statusOf(id) {
    return this.#articles.get(id)?.dataset.status;
  }

  /** Shows a message that is on its way, near the top. */
  send(article) {
    this.pending.show(article);
    this.scroll.anchor(article);
  }

  /** Puts a message that waited near the top as it goes out, unless somebody reads further up. */
  rise(clientId) {
    const article = this.pending.find(clientId);
    if (article && this.scroll.isFollowing) this.scroll.anchor(article);
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

  /** Whether the socket brings all news, also those of other processes. */
  #join(isTold) {
    return (this.#replies.isTold = isTold);
  }

  #listen(type, handle) {
    const own = ({ detail }) => detail.conversation === this.dataset.conversation && handle(detail);
    document.addEventListener(`live:${type}`, own, { signal: this.#end.signal });
  }

  #place(article) {
    if (this.#replaced.has(article.dataset.message)) return;
    const known = this.#articles.get(article.dataset.message) ?? this.pending.find(article.dataset.clientId);
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
    const [word, more] = standing(article);
    this.say(`${this.dataset[`says${word[0].toUpperCase()}${word.slice(1)}`]} ${more}`.trim());
    const detail = { running: isUnfinished(article), stopUrl: article.dataset.stopUrl };
    this.dispatchEvent(new CustomEvent("reply:running", { detail, bubbles: true }));
  }

  #paint(article, blocks, changes) {
    const words = paint(article, blocks, changes);
    if (words) this.say(words);
  }

  /** The last message that the server knows. */
  get #last() {
    return [...this.messages.querySelectorAll("article:not([data-message=''])")].at(-1);
  }

  /** Fetches what the page misses; gives a promise of its end. Asked meanwhile, it looks once more. */
  catchUp() {
    this.#replies.askAll();
    this.#isAsked = true;
    this.#catching ??= this.#fetchNewer().finally(() => (this.#catching = null));
    return this.#catching;
  }

  async #fetchNewer() {
    clearTimeout(this.#later);
    try {
      for (let last = null; this.dataset.url && this.#last && (this.#isAsked || this.#last !== last); ) {
        this.#isAsked = false;
        last = this.#last; // more may have come than one answer holds
        // One step back: another tab may have retried the last reply meanwhile.
        const after = Math.max(0, +last.dataset.position - 1);
        this.insert(await getText(`${this.dataset.url}messages?after=${after}`));
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.status === 401) document.dispatchEvent(new Event("signed-out"));
      // 404: the conversation was deleted, and there is nothing to catch up with.
      else if (error.status !== 404) this.#later = setTimeout(() => this.catchUp(), ASK_AGAIN);
    }
  }

  /** Retry, Continue and what else a person may ask of a reply. */
  async #act(event) {
    const form = event.target;
    if (!form.matches("[data-act]")) return;
    event.preventDefault();
    try {
      const { id } = form.closest("article");
      const answer = await post(form.action, new FormData(form, event.submitter));
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
