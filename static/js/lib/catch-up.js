// Fetches the messages that the page has missed.

import { RequestError, getText } from "./http.js";

const RETRY = 1000; // ms

export class CatchUp {
  #running = null; // promise of the fetch in progress
  #isWanted = false;
  #timer = 0;

  /** getUrl(): the conversation's URL, or "" before the server has it; getLast(): the last article that the
   *  server has; onNewer(html); onSignedOut(). */
  constructor(hooks) {
    Object.assign(this, hooks);
  }

  /** Returns a promise that resolves when the page is up to date. A call during a fetch adds another fetch. */
  start() {
    this.#isWanted = true;
    this.#running ??= this.#fetchNewer().finally(() => (this.#running = null));
    return this.#running;
  }

  stop() {
    clearTimeout(this.#timer);
  }

  async #fetchNewer() {
    this.stop();
    try {
      for (let last = null; this.getUrl() && this.getLast() && (this.#isWanted || this.getLast() !== last); ) {
        this.#isWanted = false;
        last = this.getLast(); // one answer may not hold all messages
        // From one message earlier: another tab may have retried the last reply meanwhile.
        const after = Math.max(0, +last.dataset.position - 1);
        this.onNewer(await getText(`${this.getUrl()}messages?after=${after}&head=${last.dataset.message}`));
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.status === 401) this.onSignedOut();
      // 404: the conversation was deleted, and there is nothing to catch up with.
      else if (error.status !== 404) this.#timer = setTimeout(() => this.start(), RETRY);
    }
  }
}
