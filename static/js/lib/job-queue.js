// Runs so many jobs at once, in the order in which they came.

export class JobQueue {
  #free;
  #waiting = []; // each lets one job begin

  constructor(limit) {
    this.#free = limit;
  }

  /** Returns what `job` returns; a job whose signal is aborted before its turn never begins. */
  async run(job, signal) {
    await this.#waitForTurn();
    try {
      signal.throwIfAborted();
      return await job();
    } finally {
      this.#passOn();
    }
  }

  async #waitForTurn() {
    if (this.#free) this.#free -= 1;
    else await new Promise((begin) => this.#waiting.push(begin));
  }

  #passOn() {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
