// The running replies of a page: puts patches in order and asks for the state where one is missing.

import { RequestError, getJson } from "./http.js";
import { ReplyText, blocksOf } from "./patches.js";

const ASK_AGAIN = 1000; // ms
const MAX_SILENCE = 5000; // ms without news of a running reply, then its state is asked
const MAX_SILENCE_UNJOINED = 900; // the same where no socket brings them; remote news come each second
const LOOK = 250; // ms between looks at who is silent
const MAX_UNPLACED = 20; // replies whose patches may come before their article does

export class Replies {
  #known = new Map(); // id -> { text, url: "" until its article is on the page, isAsking, heardAt: ms }
  #watch = 0;
  isJoined = false; // a socket brings all news, whichever process they come from

  /** onChange(id, blocks, changes): as ReplyText returns them. onState(id, html): the whole article. */
  constructor({ onChange, onState }) {
    Object.assign(this, { onChange, onState });
  }

  /** Starts with an article on the page; `blocks` as in ReplyText. Done twice it does nothing. */
  track(id, url, { attempt, sequence, blocks }) {
    const reply = this.#get(id);
    if (reply.url) return;
    reply.url = url;
    reply.heardAt = performance.now();
    this.#watch ||= setInterval(() => this.#askSilent(), LOOK);
    this.#show(id, reply.text.adopt({ attempt, sequence, blocks }));
  }

  forget(id) {
    this.#known.delete(id);
    if (![...this.#known.values()].some(({ url }) => url)) this.stop();
  }

  /** Ends the watch over running replies. */
  stop() {
    clearInterval(this.#watch);
    this.#watch = 0;
  }

  /** Whether a reply runs on this page. */
  isTracking(id) {
    return Boolean(this.#known.get(id)?.url);
  }

  attemptOf(id) {
    return this.#known.get(id)?.text.attempt ?? 0;
  }

  receive(patch) {
    const reply = this.#get(patch.reply);
    reply.heardAt = performance.now();
    this.#show(patch.reply, reply.text.receive(patch));
  }

  askAll() {
    for (const id of this.#known.keys()) this.#ask(id);
  }

  /** Another process makes this reply, so no patches may come for it. */
  askIfSilent(id) {
    if (silenceOf(this.#known.get(id)) >= MAX_SILENCE_UNJOINED) this.#ask(id);
  }

  async #ask(id) {
    const reply = this.#known.get(id);
    if (!reply?.url || reply.isAsking) return;
    reply.isAsking = true;
    reply.heardAt = performance.now();
    try {
      this.#adopt(id, await getJson(reply.url));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.status === 404) this.forget(id); // the conversation was deleted
      else if (error.status) setTimeout(() => this.#askIfBehind(id), ASK_AGAIN);
      // Not reached at all: whoever is silent is asked again.
    } finally {
      reply.isAsking = false;
    }
  }

  #adopt(id, state) {
    const text = this.#known.get(id)?.text;
    if (!text) return;
    // An attempt that has ended is what it is, also where its last patches were never saved.
    const isEnd = !state.running && state.attempt >= text.attempt;
    const changes = text.adopt({ ...state, blocks: blocksOf(state.html) });
    if (changes || isEnd) this.onState(id, state.html);
    if (changes) this.#show(id, changes);
    // The row can be a moment older than the patches; by then it has caught up.
    if (state.running) setTimeout(() => this.#askIfBehind(id), ASK_AGAIN);
  }

  #askSilent() {
    const limit = this.isJoined ? MAX_SILENCE : MAX_SILENCE_UNJOINED;
    for (const [id, reply] of this.#known) if (reply.url && silenceOf(reply) >= limit) this.#ask(id);
  }

  #askIfBehind(id) {
    if (this.#known.get(id)?.text.behind) this.#ask(id);
  }

  #get(id) {
    if (!this.#known.has(id)) {
      this.#known.set(id, { text: new ReplyText(), url: "", isAsking: false, heardAt: 0 });
      this.#dropUnplaced();
    }
    return this.#known.get(id);
  }

  #dropUnplaced() {
    const unplaced = [...this.#known].filter(([, { url }]) => !url);
    if (unplaced.length > MAX_UNPLACED) this.forget(unplaced[0][0]);
  }

  #show(id, changes) {
    const reply = this.#known.get(id);
    if (!reply) return; // the state says that it has ended
    if (changes?.status && reply.url) this.onChange(id, reply.text.blocks, changes);
    if (reply.text.behind) this.#ask(id);
  }
}

/** Returns how long a reply has been without news, in ms. */
function silenceOf(reply) {
  return performance.now() - reply.heardAt;
}
