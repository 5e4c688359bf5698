import { RequestError, post } from "./http.js";

const PAUSE = 1_000; // ms after the last change
const PAUSES = 4; // at most, while changes come without end
const PER_CHARACTER = 0.01; // ms: a megabyte waits ten seconds longer
const RETRY = 10_000; // ms
// Characters. A longer text is not copied for every key, and is too much for a request that outlives
// its page: those have 64 KB.
const LONG = 20_000;
const REPEATABLE = [0, 401, 403, 408, 429]; // and what is the server's fault

/** Saves what is written: on the server after a pause, and in this tab until the server has it.
 *
 *  `page` tells `url()` and `key()` of the place, `read()` gives { clientId, text, images, chips },
 *  `spent(draft, isSame)` hears that the message was sent, `failed(error)` of what else goes wrong. */
export class DraftSaver {
  #page;
  #tab;
  #edit = 0; // changes so far
  #saved = 0; // how many of them the server knows
  #sent = 0; // how many the newest request tells it
  #busy = 0; // requests on their way
  #known = null; // the draft that the server has
  #length = 0; // of the text when it was read last
  #timer = null;
  #latest = 0; // when to save though keys still come
  #written = 0; // when the newest change was made, in ms
  #isLate = false; // the newest request did not arrive

  constructor(tab, page) {
    this.#tab = tab;
    this.#page = page;
  }

  /** The page came with this draft. */
  start(draft) {
    this.#known = draft;
  }

  stop() {
    clearTimeout(this.#timer);
  }

  get isEdited() {
    return this.#edit !== this.#saved;
  }

  /** The draft of this place as a reload or a crash left it, `written` at a time in ms. */
  recall() {
    return JSON.parse(sessionStorage.getItem(this.#page.key()));
  }

  forget(key = this.#page.key()) {
    sessionStorage.removeItem(key);
  }

  changed() {
    this.resume(Date.now());
    if (this.#length < LONG) this.#remember(this.#read());
    this.#plan();
  }

  /** There is something to save, but not yet. */
  resume(written) {
    this.#edit += 1;
    this.#written = written;
  }

  /** The line is back. */
  retry() {
    if (this.#isLate) this.flush();
  }

  /** The server has this draft; nothing else is to be saved. */
  follow(draft) {
    this.#known = draft;
    this.#settle(++this.#edit);
  }

  /** What stood in the box is on its way as a message; until that has arrived this tab keeps it. */
  over(draft, next) {
    if (this.isEdited) this.#remember(draft);
    clearTimeout(this.#timer);
    this.#latest = 0;
    this.#known = next;
    this.#saved = ++this.#edit;
  }

  /** A message that had left the box will not be sent. */
  async drop(clientId) {
    if (this.recall()?.clientId === clientId) this.forget();
    if (!this.isEdited) this.#saved += 1;
    this.#edit += 1;
    const nothing = { clientId, text: "", images: [] };
    try {
      await post(this.#page.url(), fieldsOf(nothing, { tab: this.#tab, edit: this.#edit }));
    } catch (error) {
      // Then it stands in the box of the next page, and can be deleted there.
      if (!(error instanceof RequestError)) throw error;
    }
  }

  /** The page became another place, which has no draft. */
  moved() {
    this.#known = null;
    this.changed();
  }

  /** Saves now. When the page may go, also past a save that is on its way: the server counts. */
  async flush(isLeaving = false) {
    clearTimeout(this.#timer);
    this.#latest = 0;
    if (!this.isEdited) return;
    const draft = this.#read();
    if (isLeaving) this.#remember(draft);
    if (this.#busy && (!isLeaving || this.#sent === this.#edit)) return;
    if (!this.#busy && isSame(draft, this.#known)) this.#settle(this.#edit);
    else await this.#save(draft, this.#edit);
  }

  #plan() {
    const pause = PAUSE + this.#length * PER_CHARACTER;
    this.#latest ||= performance.now() + pause * PAUSES;
    this.#saveIn(Math.min(pause, this.#latest - performance.now()));
  }

  #saveIn(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), milliseconds);
  }

  async #save(draft, edit) {
    this.#sent = edit;
    this.#busy += 1;
    try {
      const fields = fieldsOf(draft, { tab: this.#tab, edit });
      await post(this.#page.url(), fields, { keepalive: draft.text.length < LONG });
      this.#isLate = false;
      if (edit > this.#saved) this.#known = draft;
      this.#settle(edit);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#fail(error, draft, edit);
    } finally {
      this.#busy -= 1;
    }
    if (this.#edit > edit && this.isEdited) this.#plan();
  }

  #fail(error, draft, edit) {
    this.#isLate = REPEATABLE.includes(error.status) || error.status >= 500;
    if (this.#isLate) {
      this.#saveIn(RETRY);
    } else {
      this.#saved = Math.max(this.#saved, edit); // the same would be refused again
    }
    if (error.status === 409 || error.status === 410) this.#page.spent(draft, error.status === 410);
    else this.#page.failed(error);
  }

  /** The tab's own copy is no longer needed, unless it is a newer one. */
  #settle(edit) {
    this.#saved = Math.max(this.#saved, edit);
    if (edit === this.#edit) this.forget();
  }

  #read() {
    const draft = this.#page.read();
    this.#length = draft.text.length;
    return draft;
  }

  #remember(draft) {
    try {
      sessionStorage.setItem(this.#page.key(), JSON.stringify({ ...draft, written: this.#written }));
    } catch (error) {
      // The tab's storage is full (5 MB): then only the server keeps it.
      if (error.name !== "QuotaExceededError") throw error;
    }
  }
}

function fieldsOf({ clientId, text, images }, count) {
  const fields = new FormData();
  for (const [name, value] of Object.entries({ client_id: clientId, text, ...count })) fields.set(name, value);
  for (const image of images) fields.append("picture", image);
  return fields;
}

/** Of nothing written the id doesn't matter. */
function isSame(one, other) {
  if (!other || one.text !== other.text || `${one.images}` !== `${other.images}`) return false;
  return one.clientId === other.clientId || (!one.text && !one.images.length);
}
