// Sends the messages of a person to one conversation, one by one in their order.

import { RequestError } from "./http.js";
import { uuid4 } from "./uuid.js";

const SLOW = 3000; // ms until a send without an answer is shown as waiting
const FIRST_WAIT = 1000; // ms until a failed send is retried
const LONGEST_WAIT = 15_000; // ms
const UNREACHED = [0, 408, 502, 503, 504]; // no answer, a timeout, or an answer of a proxy: always retried
const FULL = 507; // the database takes nothing new, so soon retrying is useless
const MAX_FAILURES = 5; // errors of the server for one message
const RUNNING = ["queued", "streaming"];
const UNFINISHED = [...RUNNING, "waiting"]; // for the person's approval of a tool call
const INTERRUPTED = ["stopped", "failed"];

/**
 * Only the first message is sent; each of the others waits for the reply to the message before it. A message
 * that should not be sent any more without the person is held, together with all messages behind it.
 *
 * An entry is plain data: { id, parent, awaits, tries, failures, held } and keys of its owner. `parent` is the
 * message that it follows, "" for none, null while the entry before it has no reply; `awaits` is true when
 * that message is a reply that was still running when the entry was written.
 */
export class Outbox {
  entries = []; // in their order
  #reason = ""; // why the first entry waits: "connection", "busy", "sign-in" or "reply"
  #posting = null; // the entry that is on its way
  #timer = 0;

  /**
   * post(entry): returns a promise of { reply }, or throws RequestError; statusOf(message): its status on the
   * page; onChange(); onSent(entry, answer); onRenamed(entry, oldId); onHeld(entries, { reason, sentence });
   * onBehind(): the page misses messages; onSignedOut().
   */
  constructor(hooks) {
    Object.assign(this, hooks);
  }

  get isWaiting() {
    return this.#queue.length > 0;
  }

  /** Why an entry is not on its way: "connection", "busy", "sign-in", "reply", or "" while it is. */
  reasonOf(entry) {
    const isFirst = entry === this.#queue[0];
    return isFirst || this.#reason ? this.#reason : "reply";
  }

  /** Adds a new entry, or one that was held, to be sent under `head`, the last message shown. */
  add(entry, head) {
    const follows = this.isWaiting;
    const awaits = follows || RUNNING.includes(this.statusOf(head));
    Object.assign(entry, { parent: follows ? null : head, awaits, tries: 0, failures: 0, held: false });
    this.entries = [...this.entries.filter((each) => each !== entry), entry];
    this.onChange();
    this.sendNext();
  }

  /** Removes an entry; the one behind it moves into its place. */
  remove(id) {
    const entry = this.entries.find((each) => each.id === id);
    const [first, second] = this.#queue;
    if (entry === first && second) Object.assign(second, { parent: first.parent, awaits: first.awaits });
    this.#drop(entry);
    this.sendNext();
  }

  restore(entries) {
    this.entries = entries;
    this.sendNext();
  }

  clear() {
    this.entries = [];
    clearTimeout(this.#timer);
    this.onChange();
  }

  /** Sends the first message if it may be sent now. Called whenever that may have changed; it is never sent twice. */
  sendNext() {
    const [first] = this.#queue;
    if (!first || this.#posting) return;
    clearTimeout(this.#timer);
    const status = first.awaits ? this.statusOf(first.parent) : "";
    if (UNFINISHED.includes(status)) this.#wait("reply");
    else if (INTERRUPTED.includes(status)) this.#hold({ reason: "ended", sentence: "" });
    else this.#post(first);
  }

  get #queue() {
    return this.entries.filter(({ held }) => !held);
  }

  async #post(entry) {
    this.#posting = entry;
    const slow = setTimeout(() => this.#wait("connection"), SLOW);
    try {
      this.#finish(entry, await this.post(entry));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (this.entries.includes(entry)) this.#fail(entry, error);
    } finally {
      clearTimeout(slow);
      this.#posting = null;
    }
    if (!this.#reason || !this.entries.includes(entry)) this.sendNext();
  }

  #finish(entry, answer) {
    const [, second] = this.#queue;
    // If the entry was removed while it was on its way, the next entry has become the first.
    const next = this.entries.includes(entry) ? second : this.#queue[0];
    if (next) Object.assign(next, { parent: answer.reply, awaits: true });
    this.#reason = "";
    this.#drop(entry);
    this.onSent(entry, answer);
  }

  #fail(entry, error) {
    const { status, reason, retryAfter } = error;
    const isUnreached = UNREACHED.includes(status);
    if (isUnreached || (status >= 500 && status !== FULL && ++entry.failures < MAX_FAILURES)) {
      this.#retryLater(entry, retryAfter ? "busy" : "connection");
    } else if (status === 401) {
      this.#wait("sign-in");
      this.onSignedOut();
    } else if (reason === "running") {
      entry.awaits = true;
      this.#retryLater(entry, "reply");
      this.onBehind();
    } else if (reason === "already_sent" && !entry.isRenamed) {
      const old = entry.id;
      Object.assign(entry, { id: uuid4(), isRenamed: true });
      this.#reason = "";
      this.onRenamed(entry, old);
    } else {
      this.#hold(error);
    }
  }

  #wait(reason) {
    this.#reason = reason;
    this.onChange();
  }

  /** Retries after a wait, unless sendNext() is called before. */
  #retryLater(entry, reason) {
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** entry.tries++);
    this.#timer = setTimeout(() => this.sendNext(), wait * (0.5 + Math.random() / 2));
    this.#wait(reason);
  }

  #hold(why) {
    const held = this.#queue;
    for (const entry of held) entry.held = true;
    this.#reason = "";
    this.onHeld(held, why);
    this.onChange();
  }

  #drop(entry) {
    this.entries = this.entries.filter((each) => each !== entry);
    if (!this.isWaiting) this.#reason = "";
    this.onChange();
  }
}
