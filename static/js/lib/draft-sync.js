// Follows a draft that is written in several tabs: shows the server's, unless what was written here is newer.

import { RequestError, getJson } from "./http.js";

export class DraftSync {
  #tab;
  #saver;
  #at = 0; // time of the newest state, in s by the server's clock
  #sent = new Set(); // ids of messages that have left the box
  #restored = 0; // when the text was written that a reload brought back, in ms

  /** place(): the conversation's URL or "/"; conversation(): its id, or null on the empty page;
   *  isBusy(): images are uploading; show(state): the server's draft. */
  constructor(tab, saver, { place, conversation, isBusy, show }) {
    this.#tab = tab;
    this.#saver = saver;
    Object.assign(this, { place, conversation, isBusy, show });
  }

  /** A reload brought a text back; whether it is the newest is known when the server answers. */
  noteRestored(written) {
    this.#restored = written;
    this.#saver.noteUnsaved(written);
  }

  noteEdit() {
    this.#restored = 0;
    this.#saver.noteEdit();
  }

  /** The draft left the box as a message; `next` is in its place. */
  noteSent(draft, next) {
    this.#sent.add(draft.clientId);
    this.#restored = 0;
    this.#saver.handOver(draft, next);
  }

  /** The message is back in the box. */
  noteReturned(clientId) {
    this.#sent.delete(clientId);
    this.noteEdit();
  }

  noteNewPlace() {
    this.#at = 0;
  }

  async ask() {
    const asked = Date.now();
    try {
      this.follow(await getJson(`${this.place()}draft`), asked);
    } catch (error) {
      // When the connection is back it asks again.
      if (!(error instanceof RequestError)) throw error;
    }
    this.#saver.retry();
  }

  /** Takes news of a draft, not older than `since`. What is being written here and not saved yet wins. */
  follow(state, since = Date.now()) {
    if (state.conversation !== this.conversation() || state.at < this.#at) return;
    this.#at = state.at;
    if (state.tab === this.#tab || this.#sent.has(state.client_id)) return;
    if (this.#restored) this.#compare(state, since);
    else if (!this.#saver.isEdited && !this.isBusy()) this.#adopt(state);
  }

  /** What a reload brought back, or what the server has: the one that was written last. An answer that
   *  takes its time must not make what was typed here look older than it is. */
  #compare(state, since) {
    const age = (state.at - state.written) * 1000;
    const isNewer = since - this.#restored < age;
    this.#restored = 0;
    if (isNewer) this.#saver.saveNow();
    else this.#adopt(state);
  }

  /** A long text does not come by itself. */
  #adopt(state) {
    if (state.text === null) this.ask();
    else this.show(state);
  }
}
