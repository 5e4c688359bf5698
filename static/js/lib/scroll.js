const AT_END = 2; // px; zoomed pages round
const FAR = 120; // px from the end, from where the way back is offered
const ANCHOR_GAP = 16; // px above the message just sent
const ANCHOR_SHARE = 0.5; // of the pane that a long message may fill, so that its reply is seen

/**
 * Where the reader is. The view follows the text only while it stands at the end; whether it
 * does is read from the scroll position, never from a timer.
 */
export class Scroll {
  #top = 0;
  #following = true;
  #observer = new ResizeObserver(() => this.#grown());

  /** `content` is the one child of `pane` that grows; `onMove(far)` hears about every change. */
  constructor(pane, content, onMove, signal) {
    Object.assign(this, { pane, content, onMove });
    this.#observer.observe(content);
    this.#observer.observe(pane);
    pane.addEventListener("scroll", () => this.#moved(), { passive: true, signal });
    pane.addEventListener("wheel", (event) => event.deltaY < 0 && this.#letGo(), { passive: true, signal });
    pane.addEventListener("touchmove", () => this.#letGo(), { passive: true, signal });
    signal.addEventListener("abort", () => this.#observer.disconnect());
  }

  get isFollowing() {
    return this.#following;
  }

  toEnd() {
    this.#following = true;
    this.pane.scrollTop = this.pane.scrollHeight;
    // Noted here too: a page that opens at its end gets no scroll event for it.
    this.#top = this.pane.scrollTop;
  }

  /** Puts a message near the top and leaves room under it, which the reply then fills. */
  anchor(article) {
    const height = this.pane.clientHeight;
    const hidden = Math.max(0, article.offsetHeight - height * ANCHOR_SHARE);
    const top = article.offsetTop - this.content.offsetTop + hidden - ANCHOR_GAP;
    this.content.style.minHeight = `${Math.max(0, top) + height}px`;
    this.toEnd();
  }

  /** Runs `insert`, which adds something above, without moving what is read. */
  keep(mark, insert) {
    const before = mark.getBoundingClientRect().top;
    this.pane.style.overflowAnchor = "none"; // or the browser would correct it a second time
    insert();
    this.pane.scrollTop += mark.getBoundingClientRect().top - before;
    requestAnimationFrame(() => (this.pane.style.overflowAnchor = ""));
  }

  /** Remembers, for this tab, which message stands at the top; at the end there is nothing to keep. */
  remember(key) {
    const top = this.pane.getBoundingClientRect().top;
    const article = [...this.content.children].find((each) => each.getBoundingClientRect().bottom > top);
    if (this.#following || !article?.id) {
      sessionStorage.removeItem(key);
    } else {
      const place = { id: article.id, offset: article.getBoundingClientRect().top - top };
      sessionStorage.setItem(key, JSON.stringify(place));
    }
  }

  /** Goes back to that message, or to the end. */
  recall(key) {
    const { id, offset } = JSON.parse(sessionStorage.getItem(key) ?? "{}");
    const article = id && document.getElementById(id);
    if (article) {
      this.#following = false;
      article.scrollIntoView();
      this.pane.scrollTop -= offset;
    } else {
      this.toEnd();
    }
  }

  get #left() {
    return this.pane.scrollHeight - this.pane.clientHeight - this.pane.scrollTop;
  }

  #letGo() {
    if (this.pane.scrollTop > 0) this.#following = false;
  }

  #moved() {
    const top = this.pane.scrollTop;
    const left = this.#left;
    if (left <= AT_END) this.#following = true;
    else if (top < this.#top) this.#following = false;
    this.#top = top;
    this.onMove(left > FAR);
  }

  #grown() {
    if (this.#following) this.toEnd();
    this.onMove(this.#left > FAR);
  }
}
