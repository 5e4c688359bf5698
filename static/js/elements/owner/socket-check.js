// Opens another socket and measures it: the time to the first message, and whether it stays open.

import { CHECK_CHANGED, dispatch } from "../../lib/events.js";

const MAX_WAIT = 10_000; // ms until the first message
const MAX_SILENCE = 25_000; // ms; the server sends a heartbeat every 15 s
const SECOND = 1000; // ms

/** Part of the diagnostics. */
class SocketCheck extends HTMLElement {
  #socket = null;
  #timer = null;
  #startedAt = 0;

  connectedCallback() {
    // Measure again when the row is moved.
    this.measure();
  }

  disconnectedCallback() {
    this.#close();
  }

  measure() {
    this.#close();
    this.#show("connecting", "pending");
    this.#startedAt = performance.now();
    this.#socket = new WebSocket(new URL(this.dataset.url, location.href.replace(/^http/, "ws")));
    this.#socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    this.#socket.onclose = () => this.#lose();
    this.#waitFor(MAX_WAIT);
  }

  #receive({ type }) {
    const passed = performance.now() - this.#startedAt;
    this.#waitFor(MAX_SILENCE);
    if (type === "hello") {
      this.#showNumber("[data-wait]", Math.round(passed));
      this.#show("open", "green");
    } else if (type === "pulse") {
      this.#showNumber("[data-open]", Math.round(passed / SECOND));
      this.#show("alive", "green");
    }
  }

  #lose() {
    this.#close();
    this.#show("lost", "red");
  }

  #waitFor(limit) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lose(), limit);
  }

  #close() {
    clearTimeout(this.#timer);
    if (!this.#socket) return;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  #showNumber(where, number) {
    for (const place of this.querySelectorAll(where)) place.textContent = number;
  }

  #show(state, level) {
    for (const part of this.children) part.hidden = part.dataset.state !== state;
    this.closest("[data-level]").dataset.level = level;
    dispatch(this, CHECK_CHANGED);
  }
}

customElements.define("socket-check", SocketCheck);
