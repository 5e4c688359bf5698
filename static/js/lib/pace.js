// How fast a reply grows: nobody can read one that fills half the view in an instant.

import { partOf } from "./articles.js";

const FAST = 500; // ms from the first text
const FILLED = 0.6; // of the view

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

  /** Notes how much of a view of this height the text of the reply fills. */
  note(height) {
    const text = this.#reply && partOf(this.#reply);
    const filled = text ? text.offsetHeight / height : 0;
    if (filled) this.#begun ||= performance.now();
    if (filled >= FILLED) this.#filled ||= performance.now();
  }

  get isFast() {
    return this.#begun > 0 && (this.#filled || performance.now()) - this.#begun < FAST;
  }

  /** Whether `isFast` is decided. */
  get isFilled() {
    return this.#filled > 0;
  }

  /** The message that the reply answers. */
  get question() {
    return this.#reply.previousElementSibling;
  }
}
