// The messages of the page in their order, with the running replies.

import { isPending, isReply, isRunning, isUnfinished, paintReply } from "./articles.js";
import { morph, parse } from "./morph.js";
import { PendingMessages } from "./pending-messages.js";
import { Replies } from "./replies.js";

export class Thread {
  #element;
  #articles = new Map(); // message id -> article
  #replaced = new Set(); // ids of replies that a later one has replaced
  replies = new Replies({
    onChange: (id, blocks, changes) => this.#paint(this.#articles.get(id), blocks, changes),
    onState: (id, html) => this.#update(this.#articles.get(id), parse(html)[0]),
  });

  /** `element` holds the articles. onStatus(article): a message was added, or its status has changed;
   *  onRemoved(article);
   *  announce(sentence): about a running reply. */
  constructor(element, { onStatus, onRemoved, announce }) {
    Object.assign(this, { onStatus, onRemoved, announce });
    this.#element = element;
    this.pending = new PendingMessages(element);
    for (const article of element.querySelectorAll("article")) this.#register(article);
  }

  /** The article of the last message that the server has. */
  get last() {
    return [...this.#element.querySelectorAll("article:not([data-message=''])")].at(-1);
  }

  /** The id of that message, or "". */
  get head() {
    return this.last?.dataset.message ?? "";
  }

  /** Whether a reply is running or waits for approval. */
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

  /** Before its messages an answer may have the position from which on another branch is shown now. */
  insert(html) {
    for (const element of parse(html)) {
      if (element.matches("article")) this.#place(element);
      else this.#switchBranch(+element.dataset.hidden);
    }
  }

  /** `replaces` is the id of the message of which the new one is a version, if any. */
  insertNew({ html, replaces }) {
    const [article] = parse(html);
    if (replaces && !this.#articles.has(article.dataset.message)) this.#hideFrom(+article.dataset.position);
    if (replaces) this.#replaced.add(replaces);
    this.insert(html);
  }

  /** Shows a message as it is now; returns false if it isn't on the page. */
  update(html) {
    const [article] = parse(html);
    const isKnown = this.has(article.dataset.message);
    if (isKnown) this.#place(article);
    return isKnown;
  }

  has(id) {
    return this.#articles.has(id);
  }

  /** Adds the messages in the answer to a send, except those that the socket has brought already: they are newer. */
  confirm(html) {
    for (const article of parse(html)) if (!this.#articles.has(article.dataset.message)) this.#place(article);
  }

  /** Replaces the link to an earlier page by its messages. */
  insertOlder(link, html) {
    const nodes = parse(html);
    link.replaceWith(...nodes);
    for (const node of nodes) if (node.matches("article")) this.#register(node);
  }

  /** Where the branches part may be on an earlier page. */
  #switchBranch(position) {
    this.#replaced.clear();
    const first = this.#element.querySelector("article");
    if (this.#element.querySelector("older-messages") && position <= +first.dataset.position) location.reload();
    else this.#hideFrom(position);
  }

  #hideFrom(position) {
    for (const article of [...this.#articles.values()]) if (+article.dataset.position >= position) this.#remove(article);
  }

  #place(article) {
    if (this.#replaced.has(article.dataset.message)) return;
    const known = this.#articles.get(article.dataset.message) ?? this.pending.find(article.dataset.clientId);
    if (!known) this.#add(article);
    else if (isPending(known) || this.#isNewer(known, article)) this.#update(known, article);
  }

  #add(article) {
    const position = +article.dataset.position;
    let before = this.#element.lastElementChild;
    while (before?.matches("article") && (isPending(before) || +before.dataset.position > position)) {
      before = before.previousElementSibling;
    }
    if (before) before.after(article);
    else this.#element.prepend(article);
    // Two replies in a row are versions of the same reply: only the newer one is shown.
    if (isReply(article) && isReply(before)) this.#remove(before);
    this.#register(article);
    this.onStatus(article);
  }

  /** Whether an article is newer than the known one of its message: an answer may arrive after newer events.
   *  The text of a running reply comes from patches and its state, so its article only counts when it runs again. */
  #isNewer(known, article) {
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
    this.onRemoved(article);
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
    if (sentence) this.announce(sentence);
  }
}

/** Whether the first of two articles of a message shows an earlier state than the second. */
function isOlder({ dataset: first }, { dataset: second }) {
  if (first.attempt !== second.attempt) return +first.attempt < +second.attempt;
  return +first.sequence < +second.sequence;
}
