// How fast a reply grows: nobody can read one that fills half the view in an instant.

const FAST = 500; // ms between the two below
const BEGUN = 0.2; // of the view: waiting and thinking fill less
const FILLED = 0.6;

export class Pace {
  #reply = null;
  #begun = 0; // ms
  #filled = 0;

  start(reply) {
    this.#reply = reply;
    this.#begun = this.#filled = 0;
  }

  isOf(reply) {
    return this.#reply === reply;
  }

  /** Notes how much of a view of this height the reply fills. */
  note(height) {
    const filled = this.#reply ? this.#reply.offsetHeight / height : 0;
    if (filled >= BEGUN) this.#begun ||= performance.now();
    if (filled >= FILLED) this.#filled ||= performance.now();
  }

  get isFast() {
    return this.#filled > 0 && this.#filled - this.#begun < FAST;
  }

  /** The message that the reply answers. */
  get question() {
    return this.#reply.previousElementSibling;
  }
}
