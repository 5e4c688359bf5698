// Fetches the messages that the page has missed.

import { RequestError, getText } from "./http.js";

const ASK_AGAIN = 1000; // ms

export class CatchUp {
  #running = null; // a promise, while the page asks
  #isAsked = false;
  #later = 0;

  /** getUrl(): of the conversation, "" before there is one; getLast(): the last article that the server knows;
   *  onNewer(html); onSignedOut(). */
  constructor(hooks) {
    Object.assign(this, hooks);
  }

  /** Returns a promise of the end. Asked meanwhile, it looks once more. */
  start() {
    this.#isAsked = true;
    this.#running ??= this.#fetchNewer().finally(() => (this.#running = null));
    return this.#running;
  }

  stop() {
    clearTimeout(this.#later);
  }

  async #fetchNewer() {
    this.stop();
    try {
      for (let last = null; this.getUrl() && this.getLast() && (this.#isAsked || this.getLast() !== last); ) {
        this.#isAsked = false;
        last = this.getLast(); // more may have come than one answer holds
        // One step back: another tab may have retried the last reply meanwhile.
        const after = Math.max(0, +last.dataset.position - 1);
        this.onNewer(await getText(`${this.getUrl()}messages?after=${after}`));
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.status === 401) this.onSignedOut();
      // 404: the conversation was deleted, and there is nothing to catch up with.
      else if (error.status !== 404) this.#later = setTimeout(() => this.start(), ASK_AGAIN);
    }
  }
}
