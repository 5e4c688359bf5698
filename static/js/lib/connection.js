// A WebSocket that reconnects when it is lost or silent.

const MAX_SILENCE = 35_000; // ms; the server sends a heartbeat every 15 s
const MAX_OPENING = 10_000; // ms
const FIRST_WAIT = 500; // ms
const LONGEST_WAIT = 10_000; // ms

export class Connection {
  #url;
  #socket = null;
  #failures = 0;
  #silence = 0; // timers
  #retry = 0;
  heardAt = 0; // ms, of the last message, by the wall clock: it keeps running while the machine sleeps

  /** onMessage(event): JSON from the server; onLost(code): returns whether to reconnect. */
  constructor(url, { onMessage, onLost }) {
    Object.assign(this, { onMessage, onLost });
    this.#url = new URL(url, location.href.replace(/^http/, "ws"));
  }

  get isWaitingToRetry() {
    return Boolean(this.#retry);
  }

  /** Opens a new connection in place of the old one. */
  open() {
    this.close();
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => this.#socket === socket && this.#lose(code);
    this.#watchSilence(MAX_OPENING);
  }

  close() {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    this.#retry = 0;
    socket?.close();
  }

  /** Notes that the server has answered, so that the next reconnect comes soon. */
  confirm() {
    this.#failures = 0;
  }

  #receive(event) {
    this.heardAt = Date.now();
    this.#watchSilence(MAX_SILENCE);
    this.onMessage(event);
  }

  #lose(code) {
    this.close();
    if (!this.onLost(code)) return;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures++);
    // Jitter, or all tabs would reconnect at the same instant after a restart.
    this.#retry = setTimeout(() => this.open(), wait * (0.5 + Math.random() / 2));
  }

  #watchSilence(limit) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lose(), limit);
  }
}
