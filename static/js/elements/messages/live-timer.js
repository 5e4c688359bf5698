// Counts seconds: up from `data-passed`, or down from `data-left` to nothing.

const MINUTE = 60; // s
const TICK = 1000; // ms

class LiveTimer extends HTMLElement {
  static observedAttributes = ["data-passed", "data-left"];
  #zero = 0; // ms, when the count is zero, by the page's clock
  #timer = null;

  connectedCallback() {
    this.#timer = setInterval(() => this.#show(), TICK);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  attributeChangedCallback() {
    const { passed, left } = this.dataset;
    this.#zero = performance.now() + (left ? +left : -passed) * TICK;
    this.#show();
  }

  #show() {
    const distance = (performance.now() - this.#zero) / TICK;
    const count = Math.round("left" in this.dataset ? Math.max(0, -distance) : distance);
    const rest = `${count % MINUTE} s`;
    this.textContent = count < MINUTE ? rest : `${Math.floor(count / MINUTE)} min ${rest}`;
  }
}

customElements.define("live-timer", LiveTimer);
