// The messages of the page in their order, with the replies that run.

import { isPending, isReply, isRunning, isUnfinished, paintReply } from "./articles.js";
import { morph, parse } from "./morph.js";
import { PendingMessages } from "./pending-messages.js";
import { Replies } from "./replies.js";

export class Thread {
  #element;
  #articles = new Map(); // message id -> article
  #replaced = new Set(); // ids of replies whose place a later one has taken
  replies = new Replies({
    onChange: (id, blocks, changes) => this.#paint(this.#articles.get(id), blocks, changes),
    onState: (id, html) => this.#update(this.#articles.get(id), parse(html)[0]),
  });

  /** `element` holds the articles. onStatus(article): a message has come, or its status has changed;
   *  onNews(sentence): what to announce about a running reply. */
  constructor(element, { onStatus, onNews }) {
    Object.assign(this, { onStatus, onNews });
    this.#element = element;
    this.pending = new PendingMessages(element);
    for (const article of element.querySelectorAll("article")) this.#register(article);
  }

  /** The article of the last message that the server knows. */
  get last() {
    return [...this.#element.querySelectorAll("article:not([data-message=''])")].at(-1);
  }

  /** The id of that message, or "". */
  get head() {
    return this.last?.dataset.message ?? "";
  }

  /** A reply is being made, or waits for approval. */
  get isReplying() {
    return Boolean(this.last) && isUnfinished(this.last);
  }

  get isEmpty() {
    return !this.#element.querySelector("article");
  }

  /** Returns the status of a message on the page, or undefined. */
  statusOf(id) {
    return this.#articles.get(id)?.dataset.status;
  }

  insert(html) {
    for (const article of parse(html)) this.#place(article);
  }

  /** `replaces` is the id of the reply whose place the new one takes, if any. */
  insertNew({ html, replaces }) {
    if (replaces) this.#replaced.add(replaces);
    this.insert(html);
  }

  /** Takes the answer to a send: what the socket has brought meanwhile is newer. */
  confirm(html) {
    for (const article of parse(html)) if (!this.#articles.has(article.dataset.message)) this.#place(article);
  }

  /** Puts an earlier page in the place of the link to it. */
  insertOlder(link, html) {
    const nodes = parse(html);
    link.replaceWith(...nodes);
    for (const node of nodes) if (node.matches("article")) this.#register(node);
  }

  #place(article) {
    if (this.#replaced.has(article.dataset.message)) return;
    const known = this.#articles.get(article.dataset.message) ?? this.pending.find(article.dataset.clientId);
    if (!known) this.#add(article);
    else if (isPending(known) || this.#isNews(known, article)) this.#update(known, article);
  }

  #add(article) {
    const position = +article.dataset.position;
    let before = this.#element.lastElementChild;
    while (before?.matches("article") && (isPending(before) || +before.dataset.position > position)) {
      before = before.previousElementSibling;
    }
    if (before) before.after(article);
    else this.#element.prepend(article);
    // Two replies in a row are versions of one: the newer one is shown.
    if (isReply(article) && isReply(before)) this.#remove(before);
    this.#register(article);
    this.onStatus(article);
  }

  /** A running reply's text comes by patches and from its state; a list only shows that it runs again.
   *  The answer to a request may arrive after events that are newer. */
  #isNews(known, article) {
    const { message, attempt } = article.dataset;
    if (isRunning(article)) return !isRunning(known) && +attempt > +known.dataset.attempt;
    return isRunning(known) ? +attempt >= this.replies.attemptOf(message) : !isOlder(article, known);
  }

  #update(known, article) {
    const before = known.dataset.status;
    morph(known, article);
    this.#register(known);
    if (known.dataset.status !== before) this.onStatus(known);
  }

  #remove(article) {
    this.#articles.delete(article.dataset.message);
    this.replies.forget(article.dataset.message);
    article.remove();
  }

  #register(article) {
    const { message, attempt, sequence, stateUrl } = article.dataset;
    this.#articles.set(message, article);
    if (isReply(article) && isRunning(article)) {
      const blocks = +sequence ? null : [];
      this.replies.track(message, stateUrl, { attempt: +attempt, sequence: +sequence, blocks });
    } else {
      this.replies.forget(message);
    }
  }

  #paint(article, blocks, changes) {
    const sentence = paintReply(article, blocks, changes);
    if (sentence) this.onNews(sentence);
  }
}

/** Whether the first of two articles of a message shows an earlier state of it than the second. */
function isOlder({ dataset: first }, { dataset: second }) {
  if (first.attempt !== second.attempt) return +first.attempt < +second.attempt;
  return +first.sequence < +second.sequence;
}
