// The messages on the page: shows those that the socket and the answers to requests bring.

import { describeStatus, isReply, isUnfinished } from "../../lib/articles.js";
import { CatchUp } from "../../lib/catch-up.js";
import { shown } from "../../lib/conversation.js";
import { CONNECTION_LOST, CONNECTION_OPENED, LIVE_HELLO, LIVE_JOINED, PAGE_WOKEN } from "../../lib/events.js";
import { LIVE_BRANCH_CHANGED, LIVE_MESSAGE_CHANGED, LIVE_MESSAGE_CREATED, LIVE_MESSAGE_FINISHED } from "../../lib/events.js";
import { LIVE_REPLY_PATCH, LIVE_REPLY_REMOTE, LIVE_REPLY_RESUMED, REPLY_CHANGED } from "../../lib/events.js";
import { BOX_REQUESTED, EDIT_REQUESTED, IMAGE_DESCRIBED, MESSAGE_ACCEPTED, SESSION_EXPIRED, STATUS_ANNOUNCED } from "../../lib/events.js";
import { dispatch, listen } from "../../lib/events.js";
import { IMAGE } from "../../lib/page.js";
import { printWhole } from "../../lib/printing.js";
import { Scroll } from "../../lib/scroll.js";
import { Thread } from "../../lib/thread.js";

class MessageList extends HTMLElement {
  thread; // for the elements that are part of the list
  #status;
  #scroll;
  #end = new AbortController();
  #catchUp = new CatchUp({
    getUrl: () => shown.url,
    getLast: () => this.thread.last,
    onNewer: (html) => this.thread.insert(html),
    onSignedOut: () => dispatch(document, SESSION_EXPIRED),
  });

  connectedCallback() {
    const { signal } = this.#end;
    const jump = this.querySelector("[data-jump]");
    const messages = this.querySelector(".messages");
    this.#status = this.querySelector("[data-spoken]");
    this.thread = new Thread(messages, {
      onStatus: (article) => isReply(article) && this.#reportReply(article),
      onRemoved: (article) => this.#scroll.release(article),
      announce: (sentence) => this.announce(sentence),
    });
    this.#scroll = new Scroll(messages.parentElement, messages, (isFar) => (jump.hidden = !isFar), signal);
    this.#scroll.restorePlace(shown.id, (...wanted) => this.#loadUntil(...wanted));
    jump.addEventListener("click", () => this.#jumpToEnd(), { signal });
    addEventListener("pagehide", () => this.#scroll.savePlace(shown.id), { signal });
    printWhole(this, signal);
    this.#followConnection();
    this.#followMessages();
  }

  disconnectedCallback() {
    this.#end.abort();
    this.thread.replies.stop();
    this.#catchUp.stop();
  }

  /** Scrolls a message that is on its way near the top. */
  showSending(article) {
    this.#scroll.anchor(article);
  }

  /** Scrolls a message that waited near the top when it is sent, unless the reader is further up. */
  scrollIntoPlace(clientId) {
    const article = this.thread.pending.find(clientId);
    if (article && this.#scroll.isFollowing) this.#scroll.anchor(article);
  }

  /** Removes the copy of a message that won't be sent now. */
  removePending(clientId) {
    const article = this.thread.pending.find(clientId);
    this.thread.pending.remove(clientId);
    this.#scroll.release(article);
  }

  /** Replaces the link to an earlier page by its messages, without moving the text on the screen. */
  insertOlder(link, html) {
    this.keepPlace(link.nextElementSibling, () => this.thread.insertOlder(link, html));
  }

  /** Runs `insert`, which adds messages above `mark`, without moving the text on the screen. */
  keepPlace(mark, insert) {
    this.#scroll.insertAbove(mark, insert);
  }

  /** Fetches what the page misses; returns a promise that resolves when it is up to date. */
  catchUp() {
    this.thread.replies.fetchAll();
    return this.#catchUp.start();
  }

  announce(sentence) {
    this.#status.textContent = sentence;
  }

  /** Loads earlier messages until one has the id; returns its article, or nothing. */
  async #loadUntil(id, signal) {
    await customElements.whenDefined("older-messages");
    for (let link; !signal.aborted && (link = this.querySelector("older-messages")); ) {
      if (!(await link.load())) return null;
      const article = this.querySelector(`#${CSS.escape(id)}`);
      if (article) return article;
    }
    return null;
  }

  #jumpToEnd() {
    this.#scroll.scrollToEnd();
    dispatch(document, BOX_REQUESTED, {}); // the button goes
  }

  #followConnection() {
    const { signal } = this.#end;
    listen(document, CONNECTION_OPENED, () => this.catchUp(), signal);
    listen(document, PAGE_WOKEN, () => this.catchUp(), signal);
    listen(document, CONNECTION_LOST, () => this.#setJoined(false), signal);
    listen(document, LIVE_HELLO, ({ joined }) => this.#setJoined(joined !== false), signal);
    listen(document, LIVE_JOINED, ({ value }) => this.#setJoined(value) && this.catchUp(), signal);
  }

  #followMessages() {
    const { signal } = this.#end;
    const listenHere = (type, handle) =>
      listen(document, type, (event) => event.conversation === shown.id && handle(event), signal);
    listenHere(LIVE_MESSAGE_CREATED, (event) => this.#insertNew(event));
    for (const type of [LIVE_MESSAGE_FINISHED, LIVE_MESSAGE_CHANGED, LIVE_REPLY_RESUMED]) {
      listenHere(type, ({ html }) => this.thread.update(html) || this.catchUp());
    }
    listenHere(LIVE_BRANCH_CHANGED, ({ head }) => head === this.thread.head || this.catchUp());
    listenHere(LIVE_REPLY_PATCH, (patch) => this.thread.replies.receive(patch));
    listenHere(LIVE_REPLY_REMOTE, ({ reply }) => this.#followRemote(reply));
    listen(document, MESSAGE_ACCEPTED, ({ messages }) => this.thread.confirm(messages), signal);
    listen(document, STATUS_ANNOUNCED, ({ sentence }) => this.announce(sentence), signal);
    listen(document, EDIT_REQUESTED, () => [...this.querySelectorAll("[data-do=edit]")].at(-1)?.click(), signal);
    listen(document, IMAGE_DESCRIBED, (image) => this.#describeImage(image), signal);
  }

  /** A message that follows none of those on the page belongs to a branch that the page misses. */
  #insertNew(event) {
    if (event.parent && !this.thread.has(event.parent)) this.catchUp();
    else this.thread.insertNew(event);
  }

  /** Notes whether the socket brings the events of all processes, and returns it. */
  #setJoined(isJoined) {
    return (this.thread.replies.isJoined = isJoined);
  }

  #followRemote(reply) {
    const { replies } = this.thread;
    if (replies.isTracking(reply)) replies.fetchIfSilent(reply);
    else this.catchUp();
  }

  /** Announces a reply's beginning and end, and reports which reply runs. */
  #reportReply(article) {
    if (isUnfinished(article)) this.#scroll.watch(article);
    const [name, more] = describeStatus(article);
    const sentence = this.dataset[`${name}Text`];
    this.announce(`${sentence.replace("{model}", article.getAttribute("aria-label"))} ${more}`.trim());
    dispatch(this, REPLY_CHANGED, { isUnfinished: isUnfinished(article), stopUrl: article.dataset.stopUrl });
  }

  #describeImage({ url, alt }) {
    for (const image of this.querySelectorAll(`${IMAGE}[href="${url}"] img`)) image.alt = alt;
  }
}

customElements.define("message-list", MessageList);
