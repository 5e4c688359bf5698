// Saves what is written and not sent: on the server after a pause, and in this tab until the server has it.

import { loadDraft, removeDraft, saveDraft } from "./draft-storage.js";
import { RequestError, post } from "./http.js";

const PAUSE = 1_000; // ms after the last change
const MAX_PAUSES = 4; // while changes come without end
const PAUSE_PER_CHARACTER = 0.01; // ms: a megabyte waits ten seconds longer
const RETRY = 10_000; // ms
// Characters. A longer text is not copied for every key, and is too much for a request that outlives
// its page: those have 64 KB.
const LONG = 20_000;
const RETRIED = [0, 401, 403, 408, 429]; // statuses; and what is the server's fault

export class DraftSaver {
  #page;
  #tab;
  #edit = 0; // changes so far
  #savedEdit = 0; // how many of them the server knows
  #sentEdit = 0; // how many of them the newest request carries
  #requests = 0; // on their way
  #saved = null; // the draft that the server has
  #length = 0; // of the text when it was read last
  #timer = null;
  #latest = 0; // when to save though keys still come
  #written = 0; // when the newest change was made, in ms
  #isLate = false; // the newest request did not arrive

  /** `tab` is the id of this tab. `page` has place(), the URL of the conversation or "/", and read(), which
   *  returns { clientId, text, images, chips }. It is called back with onUsed(draft, isSame) when its message
   *  has been sent already, and with onFailed(error). */
  constructor(tab, page) {
    this.#tab = tab;
    this.#page = page;
  }

  /** Begins with the draft that came with the page. */
  start(draft) {
    this.#saved = draft;
  }

  stop() {
    clearTimeout(this.#timer);
  }

  get isEdited() {
    return this.#edit !== this.#savedEdit;
  }

  noteEdit() {
    this.noteUnsaved(Date.now());
    if (this.#length < LONG) this.#keep(this.#read());
    this.#plan();
  }

  /** There is something to save, written at a time in ms, but not yet. */
  noteUnsaved(written) {
    this.#edit += 1;
    this.#written = written;
  }

  /** The connection is back. */
  retry() {
    if (this.#isLate) this.saveNow();
  }

  /** The server has this draft; nothing else is to be saved. */
  adopt(draft) {
    this.#saved = draft;
    this.#settle(++this.#edit);
  }

  /** The draft is on its way as a message; until that has arrived this tab keeps it. `next` is empty. */
  handOver(draft, next) {
    if (this.isEdited) this.#keep(draft);
    clearTimeout(this.#timer);
    this.#latest = 0;
    this.#saved = next;
    this.#savedEdit = ++this.#edit;
  }

  /** A message that had left the box will not be sent. */
  async discard(clientId) {
    this.forget(clientId);
    if (!this.isEdited) this.#savedEdit += 1;
    this.#edit += 1;
    const nothing = { clientId, text: "", images: [] };
    try {
      await post(this.#url, fieldsOf(nothing, { tab: this.#tab, edit: this.#edit }));
    } catch (error) {
      // Then it is in the box of the next page, and can be deleted there.
      if (!(error instanceof RequestError)) throw error;
    }
  }

  /** The page became another place, which has no draft. */
  changePlace() {
    this.#saved = null;
    this.noteEdit();
  }

  /** The tab's own copy, as a reload or a crash left it. */
  load() {
    return loadDraft(this.#page.place());
  }

  /** Removes the tab's own copy; with an id only that of this message. */
  forget(clientId = null) {
    if (clientId === null || this.load()?.clientId === clientId) removeDraft(this.#page.place());
  }

  /** When the page may go, saves also past a request that is on its way: the server counts. */
  async saveNow(isLeaving = false) {
    clearTimeout(this.#timer);
    this.#latest = 0;
    if (!this.isEdited) return;
    const draft = this.#read();
    if (isLeaving) this.#keep(draft);
    if (this.#requests && (!isLeaving || this.#sentEdit === this.#edit)) return;
    if (!this.#requests && isSame(draft, this.#saved)) this.#settle(this.#edit);
    else await this.#save(draft, this.#edit);
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
      this.#savedEdit = Math.max(this.#savedEdit, edit); // the same would be refused again
    }
    if (error.status === 409 || error.status === 410) this.#page.onUsed(draft, error.status === 410);
    else this.#page.onFailed(error);
  }

  /** The tab's own copy is no longer needed, unless it is a newer one. */
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
    saveDraft(this.#page.place(), { ...draft, written: this.#written });
  }
}

function fieldsOf({ clientId, text, images }, count) {
  const fields = new FormData();
  for (const [name, value] of Object.entries({ client_id: clientId, text, ...count })) fields.set(name, value);
  for (const image of images) fields.append("image", image);
  return fields;
}

/** While nothing is written, the id doesn't matter. */
function isSame(one, other) {
  if (!other || one.text !== other.text || `${one.images}` !== `${other.images}`) return false;
  return one.clientId === other.clientId || (!one.text && !one.images.length);
}
