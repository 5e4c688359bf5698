// Saves a draft: on the server after a pause, and in this tab until the server has it.

import { RequestError, post } from "./http.js";
import { readStored, writeStored } from "./tab-storage.js";

const PAUSE = 1_000; // ms after the last change
const MAX_PAUSES = 4; // that constant typing may delay a save
const PAUSE_PER_CHARACTER = 0.01; // ms: a megabyte waits ten seconds longer
const RETRY = 10_000; // ms
// Characters. A longer text isn't copied at every key, and may not fit into a request that outlives its
// page, which has at most 64 KB.
const LONG = 20_000;
const RETRIED = [0, 401, 403, 408, 429]; // statuses; 5xx are retried too

export class DraftSaver {
  #page;
  #tab;
  #edit = 0; // changes so far
  #savedEdit = 0; // the last change that the server has
  #sentEdit = 0; // the last change in the newest request
  #requests = 0; // on their way
  #ended = Promise.resolve(); // of all of these
  #saved = null; // the draft that the server has
  #length = 0; // of the text when it was read last
  #timer = null;
  #latest = 0; // when to save even during typing
  #written = 0; // ms, when the newest change was made
  #isLate = false; // whether the newest request failed and is to be retried

  /** `tab` is the id of this tab. `page` has place(): the URL of the conversation or of the page where one
   *  begins; isLocal(): the server keeps no draft of it; read(): returns { clientId, text, images, chips }; onUsed(draft, isSame): the draft's message has already been sent, with
   *  this text or another; onFailed(error). */
  constructor(tab, page) {
    this.#tab = tab;
    this.#page = page;
  }

  /** Begins with the draft in the page's HTML. */
  start(draft) {
    this.#saved = draft;
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** The number of changes so far. */
  get edit() {
    return this.#edit;
  }

  /** Resolves when the server has answered every save. */
  async idle() {
    while (this.#requests) await this.#ended;
  }

  get isEdited() {
    return this.#edit !== this.#savedEdit;
  }

  noteEdit() {
    this.noteUnsaved(Date.now());
    if (this.#length < LONG) this.#keep(this.#read());
    this.#plan();
  }

  /** Notes a change made at `written`, in ms, without planning to save it. */
  noteUnsaved(written) {
    this.#edit += 1;
    this.#written = written;
  }

  /** Saves a draft whose request failed, once the connection is back. */
  retry() {
    if (this.#isLate) this.saveNow();
  }

  /** Takes over a draft that the server has already; nothing is left to save. */
  adopt(draft) {
    this.#saved = draft;
    this.#settle(++this.#edit);
  }

  /** Notes that the draft was sent as a message and `next`, which is empty, took its place. This tab keeps
   *  its copy until the message has arrived. */
  handOver(draft, next) {
    if (this.isEdited) this.#keep(draft);
    clearTimeout(this.#timer);
    this.#latest = 0;
    this.#saved = next;
    this.#savedEdit = ++this.#edit;
  }

  /** Deletes the draft of a message that the person removed before it was sent. */
  async discard(clientId) {
    this.forget(clientId);
    if (!this.isEdited) this.#savedEdit += 1;
    this.#edit += 1;
    if (this.#page.isLocal()) return;
    const nothing = { clientId, text: "", images: [] };
    try {
      await post(this.#url, fieldsOf(nothing, { tab: this.#tab, edit: this.#edit }));
    } catch (error) {
      // The next page shows it in its box, where it can be deleted.
      if (!(error instanceof RequestError)) throw error;
    }
  }

  /** Continues in a conversation that was just begun and has no draft yet. */
  changePlace() {
    this.#saved = null;
    this.noteEdit();
  }

  /** Returns the tab's own copy, which outlives a reload and a crash. */
  load() {
    return readStored("draft", this.#page.place());
  }

  /** Removes the tab's own copy; with an id, only if the copy is of this message. */
  forget(clientId = null) {
    if (clientId === null || this.load()?.clientId === clientId) this.#store(null);
  }

  /** Saves without a pause. A page that may be left doesn't wait for an earlier request: the server goes by the
   *  numbers of the edits. */
  async saveNow(isLeaving = false) {
    clearTimeout(this.#timer);
    this.#latest = 0;
    if (!this.isEdited) return;
    const draft = this.#read();
    const isLocal = this.#page.isLocal();
    if (isLeaving || isLocal) this.#keep(draft);
    if (isLocal) return;
    if (this.#requests && (!isLeaving || this.#sentEdit === this.#edit)) return;
    if (!this.#requests && isSame(draft, this.#saved)) this.#settle(this.#edit);
    else await this.#track(this.#save(draft, this.#edit));
  }

  #track(save) {
    this.#ended = Promise.allSettled([this.#ended, save]);
    return save;
  }

  get #url() {
    return `${this.#page.place()}draft`;
  }

  #plan() {
    const pause = PAUSE + this.#length * PAUSE_PER_CHARACTER;
    this.#latest ||= performance.now() + pause * MAX_PAUSES;
    this.#saveIn(Math.min(pause, this.#latest - performance.now()));
  }

  #saveIn(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.saveNow(), milliseconds);
  }

  async #save(draft, edit) {
    this.#sentEdit = edit;
    this.#requests += 1;
    try {
      const fields = fieldsOf(draft, { tab: this.#tab, edit });
      await post(this.#url, fields, { keepalive: draft.text.length < LONG });
      this.#isLate = false;
      if (edit > this.#savedEdit) this.#saved = draft;
      this.#settle(edit);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#fail(error, draft, edit);
    } finally {
      this.#requests -= 1;
    }
    if (this.#edit > edit && this.isEdited) this.#plan();
  }

  #fail(error, draft, edit) {
    this.#isLate = RETRIED.includes(error.status) || error.status >= 500;
    if (this.#isLate) {
      this.#saveIn(RETRY);
    } else {
      this.#savedEdit = Math.max(this.#savedEdit, edit); // it would be refused again
    }
    if (error.status === 409 || error.status === 410) this.#page.onUsed(draft, error.status === 410);
    else this.#page.onFailed(error);
  }

  /** Notes that the server has an edit; removes the tab's own copy unless that is newer. */
  #settle(edit) {
    this.#savedEdit = Math.max(this.#savedEdit, edit);
    if (edit === this.#edit) this.forget();
  }

  #read() {
    const draft = this.#page.read();
    this.#length = draft.text.length;
    return draft;
  }

  #keep(draft) {
    this.#store({ ...draft, written: this.#written });
  }

  #store(draft) {
    writeStored("draft", this.#page.place(), draft);
  }
}

function fieldsOf({ clientId, text, images }, count) {
  const fields = new FormData();
  for (const [name, value] of Object.entries({ client_id: clientId, text, ...count })) fields.set(name, value);
  for (const image of images) fields.append("image", image);
  return fields;
}

/** Whether two drafts are equal; empty ones are, whatever their ids. */
function isSame(one, other) {
  if (!other || one.text !== other.text || `${one.images}` !== `${other.images}`) return false;
  return one.clientId === other.clientId || (!one.text && !one.images.length);
}
