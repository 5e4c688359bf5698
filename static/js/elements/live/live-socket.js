const SILENCE = 35_000; // ms; the server's pulse comes every 15 s
const SILENT_AFTER_SLEEP = 20_000; // ms; then a line that looks open may be dead
const NO_ANSWER = 10_000; // ms until a line that does not open is tried anew
const QUIET = 3_000; // ms without a line before anything is said
const FIRST_WAIT = 500; // ms
const LONGEST_WAIT = 10_000; // ms
const SPREAD = 1_000; // ms over which the pages ask again once processes are joined
const TICK = 5_000; // ms; a clock that jumps between two of them stood still
const SIGNED_OUT = 4401; // close code

/** The line from the server. Each of its events becomes `live:<type>` on the document. */
class LiveSocket extends HTMLElement {
  #socket = null;
  #failures = 0;
  #version = null;
  #isSignedOut = false;
  #heard = 0; // ms, wall clock: it goes on while the machine sleeps
  #timers = {}; // silence, retry, notice, joined
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    const wake = () => document.visibilityState === "visible" && this.#wake();
    addEventListener("online", wake, { signal });
    document.addEventListener("visibilitychange", wake, { signal });
    document.addEventListener("signed-out", () => this.#signOut(), { signal });
    document.addEventListener("signed-in", () => this.#connect(), { signal });
    // A page that may come back from the browser's cache must not hold a line.
    addEventListener("pagehide", () => this.#hangUp(), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.#connect(), { signal });
    this.#watchClock(wake);
    this.#connect();
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#hangUp();
  }

  #connect() {
    this.#hangUp();
    const socket = new WebSocket(new URL(this.dataset.url, location.href.replace(/^http/, "ws")));
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => this.#socket === socket && this.#lost(code);
    this.#listenForSilence(NO_ANSWER);
  }

  #receive(event) {
    this.#heard = Date.now();
    this.#listenForSilence(SILENCE);
    if (event.type === "hello" && !this.#open(event)) return;
    if (event.type === "joined") this.#clear("joined");
    if (event.type === "joined" && event.value) {
      // Every page hears it in the same instant, and each of them asks.
      this.#timers.joined = setTimeout(() => this.#tell(event), Math.random() * SPREAD);
    } else this.#tell(event);
  }

  #tell(event) {
    document.dispatchEvent(new CustomEvent(`live:${event.type}`, { detail: event }));
  }

  /** False when the line is another person's: so is the browser, and this page has to go. */
  #open({ version, person }) {
    if (person && person !== this.dataset.person) {
      this.#hangUp();
      document.dispatchEvent(new Event("session:other"));
      return false;
    }
    this.#failures = 0;
    this.#isSignedOut = false;
    this.#clear("notice");
    this.#version ??= version;
    this.#say(version === this.#version ? "" : "updated");
    document.dispatchEvent(new Event("live:open"));
    return true;
  }

  #lost(code) {
    this.#hangUp();
    document.dispatchEvent(new Event("live:down"));
    if (code === SIGNED_OUT) {
      document.dispatchEvent(new Event("signed-out"));
      return;
    }
    this.#timers.notice ??= setTimeout(() => this.#say("reconnecting"), QUIET);
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures++);
    // Jitter, or every tab would come back in the same instant after a restart.
    this.#timers.retry = setTimeout(() => this.#connect(), wait * (0.5 + Math.random() / 2));
  }

  #signOut() {
    this.#isSignedOut = true;
    this.#clear("notice");
    this.#say("signed-out");
  }

  /** Somebody looks at the page again, or the machine slept: asks rather than trusts what looks open. */
  #wake() {
    const isDead = this.#heard && Date.now() - this.#heard > SILENT_AFTER_SLEEP;
    if (this.#timers.retry || this.#isSignedOut || isDead) this.#connect();
    else document.dispatchEvent(new Event("live:woken"));
  }

  #watchClock(wake) {
    let last = Date.now();
    const tick = () => {
      const passed = Date.now() - last;
      last = Date.now();
      if (passed > SILENT_AFTER_SLEEP) wake();
    };
    const timer = setInterval(tick, TICK);
    this.#end.signal.addEventListener("abort", () => clearInterval(timer));
  }

  #hangUp() {
    const socket = this.#socket;
    this.#socket = null;
    this.#clear("silence");
    this.#clear("retry");
    this.#clear("joined");
    socket?.close();
  }

  #listenForSilence(patience) {
    this.#clear("silence");
    this.#timers.silence = setTimeout(() => this.#lost(), patience);
  }

  #clear(name) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = null;
  }

  #say(state) {
    for (const line of this.children) line.hidden = line.dataset.state !== state;
  }
}

customElements.define("live-socket", LiveSocket);
