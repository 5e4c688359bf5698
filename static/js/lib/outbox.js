import { RequestError } from "./http.js";
import { uuid4 } from "./uuid.js";

const SLOW = 3000; // ms until a send without an answer is told to be waiting
const FIRST_WAIT = 1000; // ms until a send that did not get through is tried again
const LONGEST_WAIT = 15_000; // ms
const UNREACHED = [0, 408, 502, 503, 504]; // no answer, too slow, or that of a proxy: tried for ever
const MOST_FAILURES = 5; // of the server itself, at one send
const RUNNING = ["queued", "streaming"];
const GOES_ON = [...RUNNING, "waiting"]; // with the person's word about a tool
const ENDED_BADLY = ["stopped", "failed"];

/**
 * One person's messages on their way to one conversation. Only the first one goes out; each of the
 * others follows the reply to the one before it. What must not go out by itself any more is held
 * and given back, together with all that waits behind it.
 *
 * An entry is plain data: { id, parent, awaits, tries, failures, held } and what its owner adds. `parent` is
 * the message that it follows, "" for none, null while the entry before it has no reply; `awaits`
 * tells that the reply it follows ran when it was written.
 */
export class Outbox {
  entries = []; // in their order
  #reason = ""; // why the first one waits: "connection", "busy", "sign-in" or "reply"
  #posting = null; // the entry that is on its way
  #timer = 0;

  /**
   * post(entry) -> Promise of { reply } or RequestError; statusOf(message) of one on the page;
   * onChange(); onSent(answer); onRenamed(entry, oldId); onHeld(entries, { reason, sentence });
   * onBehind(): the page misses something; onSignedOut().
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

  /** Takes a new entry, or one that was held, to be sent under `tip`, the last message shown. */
  add(entry, tip) {
    const follows = this.isWaiting;
    const awaits = follows || RUNNING.includes(this.statusOf(tip));
    Object.assign(entry, { parent: follows ? null : tip, awaits, tries: 0, failures: 0, held: false });
    this.entries = [...this.entries.filter((each) => each !== entry), entry];
    this.onChange();
    this.go();
  }

  /** Takes an entry out; the one behind it moves into its place. */
  take(id) {
    const entry = this.entries.find((each) => each.id === id);
    const [first, second] = this.#queue;
    if (entry === first && second) Object.assign(second, { parent: first.parent, awaits: first.awaits });
    this.#drop(entry);
    this.go();
    return entry;
  }

  restore(entries) {
    this.entries = entries;
    this.go();
  }

  clear() {
    this.entries = [];
    clearTimeout(this.#timer);
    this.onChange();
  }

  /** Sends what may go out now. Called whenever that could have changed; done twice it does nothing. */
  go() {
    const [first] = this.#queue;
    if (!first || this.#posting) return;
    clearTimeout(this.#timer);
    const status = first.awaits ? this.statusOf(first.parent) : "";
    if (GOES_ON.includes(status)) this.#wait("reply");
    else if (ENDED_BADLY.includes(status)) this.#hold({ reason: "ended", sentence: "" });
    else this.#post(first);
  }

  get #queue() {
    return this.entries.filter(({ held }) => !held);
  }

  async #post(entry) {
    this.#posting = entry;
    const slow = setTimeout(() => this.#wait("connection"), SLOW);
    try {
      this.#sent(entry, await this.post(entry));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (this.entries.includes(entry)) this.#refused(entry, error);
    } finally {
      clearTimeout(slow);
      this.#posting = null;
    }
    if (!this.#reason || !this.entries.includes(entry)) this.go();
  }

  #sent(entry, answer) {
    const [, second] = this.#queue;
    // One that was taken out on its way, and arrived, left its place to the first.
    const next = this.entries.includes(entry) ? second : this.#queue[0];
    if (next) Object.assign(next, { parent: answer.reply, awaits: true });
    this.#reason = "";
    this.#drop(entry);
    this.onSent(answer);
  }

  #refused(entry, error) {
    const { status, reason, retryAfter } = error;
    const isUnreached = UNREACHED.includes(status);
    if (isUnreached || (status >= 500 && ++entry.failures < MOST_FAILURES)) {
      this.#again(entry, retryAfter ? "busy" : "connection");
    } else if (status === 401) {
      this.#wait("sign-in");
      this.onSignedOut();
    } else if (reason === "running") {
      entry.awaits = true;
      this.#again(entry, "reply");
      this.onBehind();
    } else if (reason === "spent" && !entry.isRenamed) {
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

  /** Tries again by itself, should no news come before. */
  #again(entry, reason) {
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** entry.tries++);
    this.#timer = setTimeout(() => this.go(), wait * (0.5 + Math.random() / 2));
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
