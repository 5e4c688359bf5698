// Scrolls the messages: follows the text while the view is at its end, and otherwise keeps the reader's place.

import { Pace } from "./pace.js";
import { readPlace, savePlace } from "./place.js";

const AT_END = 2; // px; zoomed pages round
const FAR = 120; // px from the end; from there on the page offers to jump to it
const ANCHOR_GAP = 16; // px above the message just sent
const ANCHOR_SHARE = 0.5; // of the pane that a long message may fill, so that its reply is seen
const NEAR = 0.25; // of the pane that the question may be above it and still come back
const FRAMES = 60; // that the heights of messages may take to settle
const STILL = 3; // frames without a change, after which they have settled

/** Returns the message that a link to it has opened the page at; a reload leads back to the reader's place. */
function linkedPlace() {
  const isNew = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  return isNew && /^#message-./.test(location.hash) ? { id: location.hash.slice(1), offset: ANCHOR_GAP } : null;
}

const frame = () => new Promise(requestAnimationFrame);

/** Whether the view follows is read from the scroll position, never from a timer. */
export class Scroll {
  #top = 0;
  #isFollowing = true;
  #anchored = null; // the article that has room under it
  #restoring = null; // aborted when the reader scrolls
  #pace = new Pace();
  #observer = new ResizeObserver(() => this.#followGrowth());

  /** `content` is the child of `pane` that grows; onMove(isFar) is called at every change. */
  constructor(pane, content, onMove, signal) {
    Object.assign(this, { pane, content, onMove });
    this.#observer.observe(content, { box: "border-box" }); // its padding grows with the header over it
    this.#observer.observe(pane);
    pane.addEventListener("scroll", () => this.#followReader(), { passive: true, signal });
    pane.addEventListener("wheel", ({ deltaY }) => this.#noteInput(deltaY < 0), { passive: true, signal });
    pane.addEventListener("touchmove", () => this.#noteInput(true), { passive: true, signal });
    for (const type of ["keydown", "pointerdown"]) pane.addEventListener(type, () => this.#noteInput(), { signal });
    signal.addEventListener("abort", () => this.#observer.disconnect());
  }

  get isFollowing() {
    return this.#isFollowing;
  }

  scrollToEnd() {
    this.#setFollowing(true);
    this.pane.scrollTop = this.pane.scrollHeight;
    // Set here too: a page that opens at its end gets no scroll event.
    this.#top = this.pane.scrollTop;
  }

  /** Scrolls a message near the top and leaves room under it for the reply. */
  anchor(article) {
    this.#anchored = article;
    const top = Math.max(0, this.#topOf(article));
    this.content.style.minHeight = `${top + this.pane.clientHeight}px`;
    const isLonger = this.content.offsetHeight > top + this.pane.clientHeight; // the whole reply is there already
    this.scrollToEnd();
    if (isLonger) this.pane.scrollTop = this.#top = top;
  }

  /** Takes the room back when the article that had it was removed: it would be an empty page. */
  release(article) {
    if (this.#anchored === article) this.content.style.minHeight = "";
  }

  /** Watches a running reply. The question stays near the top: what was above it may have changed since it was
   *  sent, and a reply that arrives faster than anybody reads must not push it away. */
  watch(reply) {
    if (this.#pace.isOf(reply)) return;
    const question = reply.previousElementSibling;
    // With the first text, if it comes before the next frame: the page is laid out once for both.
    if (question) requestAnimationFrame(() => this.#isFollowing && this.anchor(question));
    this.#pace.start(reply);
    this.#observer.observe(reply);
  }

  /** Runs `insert`, which adds content above `mark`, and keeps `mark` where it is on the screen. */
  insertAbove(mark, insert) {
    const before = mark.getBoundingClientRect().top;
    this.pane.style.overflowAnchor = "none"; // or the browser would correct the position a second time
    insert();
    this.pane.scrollTop += mark.getBoundingClientRect().top - before;
    requestAnimationFrame(() => this.#setFollowing(this.#isFollowing));
  }

  /** Saves, for this tab, which message is at the top. At the end there is nothing to save. */
  savePlace(conversation) {
    savePlace(conversation, this.#isFollowing ? null : this.pane);
  }

  /** Scrolls to the saved message, or to the end. `load` adds earlier messages until one has the id. */
  async restorePlace(conversation, load) {
    this.scrollToEnd();
    const { id, offset } = linkedPlace() ?? readPlace(conversation);
    if (!id) return;
    this.#restoring = new AbortController();
    const { signal } = this.#restoring;
    const article = document.getElementById(id) ?? (await load(id, signal));
    if (article && !signal.aborted) await this.#keepAt(article, offset, signal);
  }

  /** Messages far from the view have assumed heights: they settle in the frames after they come near. */
  async #keepAt(article, offset, signal) {
    this.#setFollowing(false);
    this.pane.style.overflowAnchor = "none";
    for (let frames = 0, still = 0; frames < FRAMES && still < STILL && !signal.aborted; frames += 1) {
      const error = article.getBoundingClientRect().top - this.pane.getBoundingClientRect().top - offset;
      still = Math.abs(error) < 1 ? still + 1 : 0;
      this.pane.scrollTop += error;
      await frame();
    }
    this.#setFollowing(this.#isFollowing);
  }

  get #distanceToEnd() {
    return this.pane.scrollHeight - this.pane.clientHeight - this.pane.scrollTop;
  }

  /** The scroll position at which an article is near the top. */
  #topOf(article) {
    const hidden = Math.max(0, article.offsetHeight - this.pane.clientHeight * ANCHOR_SHARE);
    return article.offsetTop - this.content.offsetTop + hidden - ANCHOR_GAP;
  }

  /** While the view follows, the browser must not move it: that would look as if the reader had scrolled up. */
  #setFollowing(isFollowing) {
    this.#isFollowing = isFollowing;
    this.pane.style.overflowAnchor = isFollowing ? "none" : "";
  }

  #noteInput(isUpward = false) {
    this.#restoring?.abort();
    if (isUpward && this.pane.scrollTop > 0) this.#setFollowing(false);
  }

  #followReader() {
    const top = this.pane.scrollTop;
    const distance = this.#distanceToEnd;
    if (distance <= AT_END) this.#setFollowing(true);
    else if (top < this.#top) this.#setFollowing(false);
    this.#top = top;
    this.onMove(distance > FAR);
  }

  #followGrowth() {
    this.#pace.note(this.pane.clientHeight);
    if (this.#isFollowing) this.#follow();
    this.onMove(this.#distanceToEnd > FAR);
  }

  #follow() {
    const question = this.#pace.isFast && this.#pace.question;
    const top = question ? this.#topOf(question) : Infinity;
    const isAbove = this.pane.scrollTop > top + this.pane.clientHeight * NEAR;
    if (isAbove || this.#distanceToEnd + this.pane.scrollTop <= top) {
      this.scrollToEnd();
    } else {
      this.pane.scrollTop = top;
      this.#top = top;
      if (this.#pace.isFilled) this.#setFollowing(false);
    }
  }
}
