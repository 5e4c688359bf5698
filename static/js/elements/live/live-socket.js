// The connection to the server: dispatches its events on the page, and shows a notice while it is lost.

import { Connection } from "../../lib/connection.js";
import { CONNECTION_LOST, CONNECTION_OPENED, LIVE, PAGE_WOKEN, dispatch, listen } from "../../lib/events.js";
import { SESSION_EXPIRED, SESSION_RENEWED, SESSION_TAKEN_OVER, SIGN_IN_REQUESTED } from "../../lib/events.js";
// The guard comes first: no socket is opened on another person's page.
import "../../lib/guard.js";
import { person } from "../../lib/page.js";
import { watchSleep } from "../../lib/sleep.js";

const MAX_SILENCE = 20_000; // ms, of a connection that is kept when the page is visible again
const QUIET = 3_000; // ms without a connection before a notice is shown
const SPREAD = 1_000; // ms over which pages spread their requests once processes are joined
const SIGNED_OUT = 4401; // close code

class LiveSocket extends HTMLElement {
  #connection = null;
  #version = null;
  #access = null; // what the person may do
  #isSignedOut = false;
  #notice = 0; // timers
  #joined = 0;
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    const wake = () => document.visibilityState === "visible" && this.#wake();
    this.#connection = new Connection(this.dataset.url, {
      onMessage: (event) => this.#receive(event),
      onLost: (code) => this.#report(code),
    });
    addEventListener("online", wake, { signal });
    document.addEventListener("visibilitychange", wake, { signal });
    // A page that may come back from the browser's cache must not hold a connection.
    addEventListener("pagehide", () => this.#close(), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.#open(), { signal });
    this.addEventListener("click", (event) => this.#press(event), { signal });
    listen(document, SESSION_EXPIRED, () => this.#noteSignedOut(), signal);
    listen(document, SESSION_RENEWED, () => this.#open(), signal);
    watchSleep(wake, signal);
    this.#open();
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#close();
  }

  #open() {
    clearTimeout(this.#joined);
    this.#connection.open();
  }

  #close() {
    clearTimeout(this.#joined);
    this.#connection.close();
  }

  #receive(event) {
    const forward = () => dispatch(document, LIVE + event.type, event);
    if (event.type === "hello" && !this.#greet(event)) return;
    if (event.type === "joined") clearTimeout(this.#joined);
    // All pages get this event at the same instant, and each then sends requests.
    if (event.type === "joined" && event.value) this.#joined = setTimeout(forward, Math.random() * SPREAD);
    else forward();
  }

  /** Returns false if another person is signed in: then this page is emptied. */
  #greet({ version, access, person: signedIn }) {
    if (signedIn && signedIn !== person) {
      this.#close();
      dispatch(document, SESSION_TAKEN_OVER);
      return false;
    }
    this.#connection.confirm();
    this.#isSignedOut = false;
    this.#clearNotice();
    this.#version ??= version;
    this.#access ??= access;
    if (access && access !== this.#access) this.#show("access");
    else this.#show(version === this.#version ? "" : "updated");
    dispatch(document, CONNECTION_OPENED);
    return true;
  }

  /** Reports that the connection was lost; returns whether to reconnect. */
  #report(code) {
    clearTimeout(this.#joined);
    dispatch(document, CONNECTION_LOST);
    if (code === SIGNED_OUT) dispatch(document, SESSION_EXPIRED);
    else this.#notice ||= setTimeout(() => this.#show("reconnecting"), QUIET);
    return code !== SIGNED_OUT;
  }

  #noteSignedOut() {
    this.#isSignedOut = true;
    this.#clearNotice();
    this.#show("signed-out");
  }

  #press(event) {
    if (!event.target.closest("[data-sign-in]")) return;
    event.preventDefault();
    dispatch(document, SIGN_IN_REQUESTED);
  }

  /** The page is visible again, or the machine slept: reconnects, or fetches what an open socket may have missed. */
  #wake() {
    const { heardAt, isWaitingToRetry } = this.#connection;
    const isDead = heardAt && Date.now() - heardAt > MAX_SILENCE;
    if (isWaitingToRetry || this.#isSignedOut || isDead) this.#open();
    else dispatch(document, PAGE_WOKEN);
  }

  #clearNotice() {
    clearTimeout(this.#notice);
    this.#notice = 0;
  }

  #show(state) {
    for (const notice of this.children) notice.hidden = notice.dataset.state !== state;
  }
}

customElements.define("live-socket", LiveSocket);
