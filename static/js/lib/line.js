/** Runs so many jobs at once, in the order in which they came. */
export class Line {
  #free;
  #waiting = []; // each lets one job begin

  constructor(atOnce) {
    this.#free = atOnce;
  }

  /** Gives what `job` gives; one whose signal is aborted before its turn never begins. */
  async run(job, signal) {
    await this.#turn();
    try {
      signal.throwIfAborted();
      return await job();
    } finally {
      this.#pass();
    }
  }

  async #turn() {
    if (this.#free) this.#free -= 1;
    else await new Promise((begin) => this.#waiting.push(begin));
  }

  #pass() {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
