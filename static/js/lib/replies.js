// The running replies of a page: puts patches in order and fetches the state where one is missing.

import { RequestError, getJson } from "./http.js";
import { ReplyText, blocksOf } from "./patches.js";

const RETRY = 1000; // ms
const MAX_SILENCE = 5000; // ms without an event of a running reply until its state is fetched
const MAX_SILENCE_UNJOINED = 900; // ms, where the socket brings no patches; remote events come each second
const CHECK = 250; // ms between checks for silent replies
const MAX_UNPLACED = 20; // replies whose patches may come before their article does

export class Replies {
  #known = new Map(); // id -> { text, url: "" until its article is on the page, isFetching, heardAt: ms }
  #watch = 0;
  isJoined = false; // whether the socket brings the events of all processes

  /** onChange(id, blocks, changes): as ReplyText returns them. onState(id, html): the whole article. */
  constructor({ onChange, onState }) {
    Object.assign(this, { onChange, onState });
  }

  /** Starts with an article on the page; `blocks` as in ReplyText. A second call does nothing. */
  track(id, url, { attempt, sequence, blocks }) {
    const reply = this.#get(id);
    if (reply.url) return;
    reply.url = url;
    reply.heardAt = performance.now();
    this.#watch ||= setInterval(() => this.#fetchSilent(), CHECK);
    this.#show(id, reply.text.adopt({ attempt, sequence, blocks }));
  }

  forget(id) {
    this.#known.delete(id);
    if (![...this.#known.values()].some(({ url }) => url)) this.stop();
  }

  /** Stops the checks for silent replies. */
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

  fetchAll() {
    for (const id of this.#known.keys()) this.#fetch(id);
  }

  /** Another process makes this reply, so no patches may come for it. */
  fetchIfSilent(id) {
    if (silenceOf(this.#known.get(id)) >= MAX_SILENCE_UNJOINED) this.#fetch(id);
  }

  async #fetch(id) {
    const reply = this.#known.get(id);
    if (!reply?.url || reply.isFetching) return;
    reply.isFetching = true;
    reply.heardAt = performance.now();
    try {
      this.#adopt(id, await getJson(reply.url));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.status === 404) this.forget(id); // the conversation was deleted
      else if (error.status) setTimeout(() => this.#fetchIfBehind(id), RETRY);
      // If the server was not reached, the next check for silent replies tries again.
    } finally {
      reply.isFetching = false;
    }
  }

  #adopt(id, state) {
    const { text, url } = this.#known.get(id) ?? {};
    if (!url) return; // it isn't on the page any more
    // The state of an attempt that has ended is final, even if its last patches were never saved.
    const isEnd = !state.running && state.attempt >= text.attempt;
    const changes = text.adopt({ ...state, blocks: blocksOf(state.html) });
    if (changes || isEnd) this.onState(id, state.html);
    if (changes) this.#show(id, changes);
    // The saved state can be a moment older than the patches; a second later it is not.
    if (state.running) setTimeout(() => this.#fetchIfBehind(id), RETRY);
  }

  #fetchSilent() {
    const limit = this.isJoined ? MAX_SILENCE : MAX_SILENCE_UNJOINED;
    for (const [id, reply] of this.#known) if (reply.url && silenceOf(reply) >= limit) this.#fetch(id);
  }

  #fetchIfBehind(id) {
    if (this.#known.get(id)?.text.behind) this.#fetch(id);
  }

  #get(id) {
    if (!this.#known.has(id)) {
      this.#known.set(id, { text: new ReplyText(), url: "", isFetching: false, heardAt: 0 });
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
    if (!reply) return; // it has ended
    if (changes?.status && reply.url) this.onChange(id, reply.text.blocks, changes);
    if (reply.text.behind) this.#fetch(id);
  }
}

/** Returns the time since the last event of a reply, in ms. */
function silenceOf(reply) {
  return performance.now() - reply.heardAt;
}
