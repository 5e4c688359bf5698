const LONGEST_WAIT = 10_000; // ms until the first word
const LONGEST_SILENCE = 25_000; // ms; the server's pulse comes every 15 s
const SECOND = 1000; // ms

/** Opens a line of its own and measures it: the time to the first word, and whether it stays open. */
class SocketCheck extends HTMLElement {
  #socket = null;
  #timer = null;
  #begun = 0;

  connectedCallback() {
    // A second time, when its line was moved, it begins again.
    this.measure();
  }

  disconnectedCallback() {
    this.#hangUp();
  }

  measure() {
    this.#hangUp();
    this.#show("connecting", "pending");
    this.#begun = performance.now();
    this.#socket = new WebSocket(new URL(this.dataset.url, location.href.replace(/^http/, "ws")));
    this.#socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    this.#socket.onclose = () => this.#lose();
    this.#waitFor(LONGEST_WAIT);
  }

  #hear({ type }) {
    const passed = performance.now() - this.#begun;
    this.#waitFor(LONGEST_SILENCE);
    if (type === "hello") {
      this.#tell("[data-wait]", Math.round(passed));
      this.#show("open", "green");
    } else if (type === "pulse") {
      this.#tell("[data-open]", Math.round(passed / SECOND));
      this.#show("alive", "green");
    }
  }

  #lose() {
    this.#hangUp();
    this.#show("lost", "red");
  }

  #waitFor(time) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lose(), time);
  }

  #hangUp() {
    clearTimeout(this.#timer);
    if (!this.#socket) return;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  #tell(where, number) {
    for (const place of this.querySelectorAll(where)) place.textContent = number;
  }

  #show(state, level) {
    for (const part of this.children) part.hidden = part.dataset.state !== state;
    this.closest("[data-level]").dataset.level = level;
    this.dispatchEvent(new Event("check-changed", { bubbles: true }));
  }
}

customElements.define("socket-check", SocketCheck);
