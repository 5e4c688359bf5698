// Scrolls the messages: follows the text while the view is at its end, and otherwise keeps the reader's place.

const AT_END = 2; // px; zoomed pages round
const FAR = 120; // px from the end; from there on the page offers to jump to it
const ANCHOR_GAP = 16; // px above the message just sent
const ANCHOR_SHARE = 0.5; // of the pane that a long message may fill, so that its reply is seen

/** Whether the view follows is read from the scroll position, never from a timer. */
export class Scroll {
  #top = 0;
  #isFollowing = true;
  #observer = new ResizeObserver(() => this.#followGrowth());

  /** `content` is the child of `pane` that grows; onMove(isFar) is called at every change. */
  constructor(pane, content, onMove, signal) {
    Object.assign(this, { pane, content, onMove });
    this.#observer.observe(content);
    this.#observer.observe(pane);
    pane.addEventListener("scroll", () => this.#followReader(), { passive: true, signal });
    pane.addEventListener("wheel", (event) => event.deltaY < 0 && this.#stopFollowing(), { passive: true, signal });
    pane.addEventListener("touchmove", () => this.#stopFollowing(), { passive: true, signal });
    signal.addEventListener("abort", () => this.#observer.disconnect());
  }

  get isFollowing() {
    return this.#isFollowing;
  }

  scrollToEnd() {
    this.#isFollowing = true;
    this.pane.scrollTop = this.pane.scrollHeight;
    // Set here too: a page that opens at its end gets no scroll event.
    this.#top = this.pane.scrollTop;
  }

  /** Scrolls a message near the top and leaves room under it for the reply. */
  anchor(article) {
    const height = this.pane.clientHeight;
    const hidden = Math.max(0, article.offsetHeight - height * ANCHOR_SHARE);
    const top = article.offsetTop - this.content.offsetTop + hidden - ANCHOR_GAP;
    this.content.style.minHeight = `${Math.max(0, top) + height}px`;
    this.scrollToEnd();
  }

  /** Runs `insert`, which adds content above `mark`, and keeps `mark` where it is on the screen. */
  insertAbove(mark, insert) {
    const before = mark.getBoundingClientRect().top;
    this.pane.style.overflowAnchor = "none"; // or the browser would correct the position a second time
    insert();
    this.pane.scrollTop += mark.getBoundingClientRect().top - before;
    requestAnimationFrame(() => (this.pane.style.overflowAnchor = ""));
  }

  /** Saves, for this tab, which message is at the top. At the end there is nothing to save. */
  savePlace(key) {
    const top = this.pane.getBoundingClientRect().top;
    const article = [...this.content.children].find((each) => each.getBoundingClientRect().bottom > top);
    if (this.#isFollowing || !article?.id) {
      sessionStorage.removeItem(key);
    } else {
      const place = { id: article.id, offset: article.getBoundingClientRect().top - top };
      sessionStorage.setItem(key, JSON.stringify(place));
    }
  }

  /** Scrolls to the saved message, or to the end. */
  restorePlace(key) {
    const { id, offset } = JSON.parse(sessionStorage.getItem(key) ?? "{}");
    const article = id && document.getElementById(id);
    if (article) {
      this.#isFollowing = false;
      article.scrollIntoView();
      this.pane.scrollTop -= offset;
    } else {
      this.scrollToEnd();
    }
  }

  get #distanceToEnd() {
    return this.pane.scrollHeight - this.pane.clientHeight - this.pane.scrollTop;
  }

  #stopFollowing() {
    if (this.pane.scrollTop > 0) this.#isFollowing = false;
  }

  #followReader() {
    const top = this.pane.scrollTop;
    const distance = this.#distanceToEnd;
    if (distance <= AT_END) this.#isFollowing = true;
    else if (top < this.#top) this.#isFollowing = false;
    this.#top = top;
    this.onMove(distance > FAR);
  }

  #followGrowth() {
    if (this.#isFollowing) this.scrollToEnd();
    this.onMove(this.#distanceToEnd > FAR);
  }
}
