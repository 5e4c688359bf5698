// The header and the notices. In a low window they lie over the messages: they give way to a reader who goes on, and
// come back on the way up.

const INPUTS = ["wheel", "touchmove", "pointerdown", "keydown"];

class TopBar extends HTMLElement {
  #top = 0; // of the messages, when they were scrolled last
  #isReader = false; // whether a reader may have scrolled since then, and not only the page
  #end = new AbortController();
  #observer = new ResizeObserver(() => this.#makeRoom());

  connectedCallback() {
    this.main = this.closest("main");
    const options = { capture: true, passive: true, signal: this.#end.signal }; // a scroll event doesn't bubble
    for (const type of INPUTS) this.main.addEventListener(type, (event) => this.#noteInput(event), options);
    this.main.addEventListener("scroll", (event) => this.#follow(event), options);
    this.#observer.observe(this);
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#observer.disconnect();
  }

  #makeRoom() {
    this.main.style.setProperty("--bar", `${this.offsetHeight}px`);
  }

  #noteInput({ target }) {
    this.#isReader = Boolean(target.closest(".scroller"));
  }

  #follow({ target }) {
    if (!target.matches(".scroller")) return;
    // Past its end a pane springs back, which isn't a way up.
    const top = Math.min(target.scrollTop, target.scrollHeight - target.clientHeight);
    if (top > Math.max(0, this.#top)) this.#giveWay(true);
    else if (top < this.#top && (this.#isReader || top <= 0)) this.#giveWay(false);
    this.#top = top;
  }

  #giveWay(isAway) {
    this.#isReader &&= !isAway;
    this.toggleAttribute("data-away", isAway);
  }
}

customElements.define("top-bar", TopBar);
