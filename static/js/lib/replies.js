import { RequestError, getJson } from "./http.js";
import { ReplyText, blocksOf } from "./patches.js";

const ASK_AGAIN = 1000; // ms
const SILENCE = 5000; // ms without news of a running reply, then its state is asked
const SILENCE_UNTOLD = 900; // the same where no socket brings them; news from elsewhere come each second
const LOOK = 250; // ms between looks at who is silent
const MOST_STRANGERS = 20; // replies whose patches may come before their article does

/** The running replies of a page: puts patches in order and asks for the state where one is missing. */
export class Replies {
  #known = new Map(); // id -> { text, url: "" until its article is on the page, asking, heard: ms }
  #watch = 0;
  isTold = false; // a socket brings all news, whichever process they come from

  /** onChange(id, blocks, changes): as ReplyText tells them. onState(id, html): the whole article. */
  constructor({ onChange, onState }) {
    Object.assign(this, { onChange, onState });
  }

  /** Starts with an article on the page; `blocks` as in ReplyText. Done twice it does nothing. */
  track(id, url, { attempt, sequence, blocks }) {
    const reply = this.#get(id);
    if (reply.url) return;
    reply.url = url;
    reply.heard = performance.now();
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

  /** Another process makes or made this reply; false for a reply that does not run here. */
  hearsOf(id) {
    const reply = this.#known.get(id);
    if (!reply?.url) return false;
    if (silent(reply) >= SILENCE_UNTOLD) this.ask(id);
    return true;
  }

  attempt(id) {
    return this.#known.get(id)?.text.attempt ?? 0;
  }

  receive(patch) {
    const reply = this.#get(patch.reply);
    reply.heard = performance.now();
    this.#show(patch.reply, reply.text.receive(patch));
  }

  askAll() {
    for (const id of this.#known.keys()) this.ask(id);
  }

  async ask(id) {
    const reply = this.#known.get(id);
    if (!reply?.url || reply.asking) return;
    reply.asking = true;
    reply.heard = performance.now();
    try {
      this.#adopt(id, await getJson(reply.url));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.status === 404) this.forget(id); // the conversation was deleted
      else if (error.status) setTimeout(() => this.#askIfBehind(id), ASK_AGAIN);
      // Not reached at all: whoever is silent is asked again.
    } finally {
      reply.asking = false;
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
    const limit = this.isTold ? SILENCE : SILENCE_UNTOLD;
    for (const [id, reply] of this.#known) if (reply.url && silent(reply) >= limit) this.ask(id);
  }

  #askIfBehind(id) {
    if (this.#known.get(id)?.text.behind) this.ask(id);
  }

  #get(id) {
    if (!this.#known.has(id)) {
      this.#known.set(id, { text: new ReplyText(), url: "", asking: false, heard: 0 });
      this.#dropStrangers();
    }
    return this.#known.get(id);
  }

  #dropStrangers() {
    const strangers = [...this.#known].filter(([, { url }]) => !url);
    if (strangers.length > MOST_STRANGERS) this.forget(strangers[0][0]);
  }

  #show(id, changes) {
    const reply = this.#known.get(id);
    if (!reply) return; // the state said that it has ended
    if (changes?.status && reply.url) this.onChange(id, reply.text.blocks, changes);
    if (reply.text.behind) this.ask(id);
  }
}

/** For how long nothing was heard of a reply, in ms. */
function silent(reply) {
  return performance.now() - reply.heard;
}
