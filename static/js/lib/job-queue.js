// Runs a limited number of jobs at once, in the order in which they were added.

export class JobQueue {
  #free;
  #waiting = []; // functions that each start a job

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
