const SILENCE = 35_000; // ms; the server's pulse comes every 15 s
const QUIET = 3_000; // ms without a line before anything is said
const FIRST_WAIT = 500; // ms
const LONGEST_WAIT = 10_000; // ms
const SIGNED_OUT = 4401; // close code

/** The line from the server. Each of its events becomes `live:<type>` on the document. */
class LiveSocket extends HTMLElement {
  #socket = null;
  #failures = 0;
  #version = null;
  #timers = {}; // silence, retry, notice
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    const wake = () => document.visibilityState === "visible" && this.#wake();
    addEventListener("online", wake, { signal });
    document.addEventListener("visibilitychange", wake, { signal });
    document.addEventListener("signed-out", () => this.#say("signed-out"), { signal });
    // A page that may come back from the browser's cache must not hold a line.
    addEventListener("pagehide", () => this.#hangUp(), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.#connect(), { signal });
    this.#connect();
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#hangUp();
  }

  #connect() {
    this.#clear("retry");
    const socket = new WebSocket(new URL(this.dataset.url, location.href.replace(/^http/, "ws")));
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => this.#socket === socket && this.#lost(code);
    this.#listenForSilence();
  }

  #receive(event) {
    this.#listenForSilence();
    if (event.type === "hello") this.#open(event.version);
    document.dispatchEvent(new CustomEvent(`live:${event.type}`, { detail: event }));
  }

  #open(version) {
    this.#failures = 0;
    this.#clear("notice");
    this.#version ??= version;
    this.#say(version === this.#version ? "" : "updated");
    document.dispatchEvent(new Event("live:open"));
  }

  #lost(code) {
    this.#hangUp();
    if (code === SIGNED_OUT) {
      this.#say("signed-out");
      return;
    }
    document.dispatchEvent(new Event("live:down"));
    this.#timers.notice ??= setTimeout(() => this.#say("reconnecting"), QUIET);
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures++);
    // Jitter, or every tab would come back in the same instant after a restart.
    this.#timers.retry = setTimeout(() => this.#connect(), wait * (0.5 + Math.random() / 2));
  }

  #wake() {
    if (this.#timers.retry) this.#connect();
  }

  #hangUp() {
    const socket = this.#socket;
    this.#socket = null;
    this.#clear("silence");
    this.#clear("retry");
    socket?.close();
  }

  #listenForSilence() {
    this.#clear("silence");
    this.#timers.silence = setTimeout(() => this.#lost(), SILENCE);
  }

  #clear(name) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = null;
  }

  #say(state) {
    for (const line of this.children) line.hidden = line.dataset.state !== state;
    // Back to this page, where what was typed still stands.
    this.querySelector("[data-sign-in]").search = new URLSearchParams({ next: location.pathname });
  }
}

customElements.define("live-socket", LiveSocket);
