// A WebSocket that is opened again whenever it is lost or silent.

const MAX_SILENCE = 35_000; // ms; the server's pulse comes every 15 s
const NO_ANSWER = 10_000; // ms until a connection that does not open is tried anew
const FIRST_WAIT = 500; // ms
const LONGEST_WAIT = 10_000; // ms

export class Connection {
  #url;
  #socket = null;
  #failures = 0;
  #silence = 0; // timers
  #retry = 0;
  heardAt = 0; // ms, wall clock, which runs on while the machine sleeps

  /** onMessage(event): JSON from the server; onLost(code) -> whether to try again by itself. */
  constructor(url, { onMessage, onLost }) {
    Object.assign(this, { onMessage, onLost });
    this.#url = new URL(url, location.href.replace(/^http/, "ws"));
  }

  get isWaitingToRetry() {
    return Boolean(this.#retry);
  }

  /** Opens the connection anew, whatever the old one does. */
  open() {
    this.close();
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => this.#socket === socket && this.#lose(code);
    this.#watchSilence(NO_ANSWER);
  }

  close() {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    this.#retry = 0;
    socket?.close();
  }

  /** The server has answered: the next loss is tried again soon. */
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
    // Jitter, or every tab would come back in the same instant after a restart.
    this.#retry = setTimeout(() => this.open(), wait * (0.5 + Math.random() / 2));
  }

  #watchSilence(limit) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lose(), limit);
  }
}
