// Keeps a draft equal in several tabs: shows the server's, unless the one in this tab is newer.

import { RequestError, getJson } from "./http.js";

export class DraftSync {
  #tab;
  #saver;
  #at = 0; // s, time of the newest state by the server's clock
  #sent = new Set(); // ids of messages that have left the box
  #restored = 0; // ms, when the text that a reload restored was written

  /** place(): the conversation's URL or that of the page where one begins; isLocal(): the server keeps no
   *  draft of it; conversation(): its id, or null on such a page; isBusy(): images are uploading; show(state): the server's draft. */
  constructor(tab, saver, { place, isLocal, conversation, isBusy, show }) {
    this.#tab = tab;
    this.#saver = saver;
    Object.assign(this, { place, isLocal, conversation, isBusy, show });
  }

  /** Notes that a reload restored a text. The server's answer shows whether it is the newest one. */
  noteRestored(written) {
    this.#restored = written;
    this.#saver.noteUnsaved(written);
  }

  noteEdit() {
    this.#restored = 0;
    this.#saver.noteEdit();
  }

  /** Notes that the draft left the box as a message and `next` took its place. */
  noteSent(draft, next) {
    this.#sent.add(draft.clientId);
    this.#restored = 0;
    this.#saver.handOver(draft, next);
  }

  /** Notes that a message is back in the box. */
  noteReturned(clientId) {
    this.#sent.delete(clientId);
    this.noteEdit();
  }

  noteNewPlace() {
    this.#at = 0;
  }

  /** Fetches the server's state. One from before a change in this tab, saved or not, would undo that change. */
  async fetch() {
    if (this.isLocal()) return;
    await this.#saver.idle();
    const since = Date.now();
    const { edit } = this.#saver;
    try {
      const state = await getJson(`${this.place()}draft`);
      if (edit === this.#saver.edit) this.follow(state, since);
    } catch (error) {
      // It is fetched again once the connection is back.
      if (!(error instanceof RequestError)) throw error;
    }
    this.#saver.retry();
  }

  /** Shows the server's state of a draft, which is not older than `since`, unless this tab has unsaved edits. */
  follow(state, since = Date.now()) {
    if (this.isLocal() || state.conversation !== this.conversation() || state.at < this.#at) return;
    this.#at = state.at;
    if (state.tab === this.#tab || this.#sent.has(state.client_id)) return;
    if (this.#restored) this.#compare(state, since);
    else if (!this.#saver.isEdited && !this.isBusy()) this.#adopt(state);
  }

  /** Keeps the restored text or takes the server's, whichever was written last. Both ages are taken when the
   *  request was made: a slow answer must not make the restored text look older. */
  #compare(state, since) {
    const age = (state.at - state.written) * 1000;
    const isNewer = since - this.#restored < age;
    this.#restored = 0;
    if (isNewer) this.#saver.saveNow();
    else this.#adopt(state);
  }

  /** Shows the server's draft. An event leaves out a long text, which then has to be fetched. */
  #adopt(state) {
    if (state.text === null) this.fetch();
    else this.show(state);
  }
}
