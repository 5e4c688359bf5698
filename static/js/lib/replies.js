import { RequestError, getJson } from "./http.js";
import { ReplyText, blocksOf } from "./patches.js";

const ASK_AGAIN = 1000; // ms
const MOST_STRANGERS = 20; // replies whose patches may come before their article does

/** The running replies of a page: puts patches in order and asks for the state where one is missing. */
export class Replies {
  #known = new Map(); // id -> { text, url: "" until its article is on the page, asking }

  /** onChange(id, blocks, changes): as ReplyText tells them. onState(id, html): the whole article. */
  constructor({ onChange, onState }) {
    Object.assign(this, { onChange, onState });
  }

  /** Starts with an article on the page; `blocks` as in ReplyText. Done twice it does nothing. */
  track(id, url, { attempt, sequence, blocks }) {
    const reply = this.#get(id);
    if (reply.url) return;
    reply.url = url;
    this.#show(id, reply.text.adopt({ attempt, sequence, blocks }));
  }

  forget(id) {
    this.#known.delete(id);
  }

  attempt(id) {
    return this.#known.get(id)?.text.attempt ?? 0;
  }

  receive(patch) {
    this.#show(patch.reply, this.#get(patch.reply).text.receive(patch));
  }

  askAll() {
    for (const id of this.#known.keys()) this.ask(id);
  }

  async ask(id) {
    const reply = this.#known.get(id);
    if (!reply?.url || reply.asking) return;
    reply.asking = true;
    try {
      this.#adopt(id, await getJson(reply.url));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.status === 404) this.forget(id); // the conversation was deleted
      else if (error.status) setTimeout(() => this.#askIfBehind(id), ASK_AGAIN);
      // Not reached at all: the socket notices too, and asks once it is back.
    } finally {
      reply.asking = false;
    }
  }

  #adopt(id, state) {
    const text = this.#known.get(id)?.text;
    const changes = text?.adopt({ ...state, blocks: blocksOf(state.html) });
    if (changes) {
      this.onState(id, state.html);
      this.#show(id, changes);
    }
    // The row can be a moment older than the patches; by then it has caught up.
    if (state.running) setTimeout(() => this.#askIfBehind(id), ASK_AGAIN);
  }

  #askIfBehind(id) {
    if (this.#known.get(id)?.text.behind) this.ask(id);
  }

  #get(id) {
    if (!this.#known.has(id)) {
      this.#known.set(id, { text: new ReplyText(), url: "", asking: false });
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
