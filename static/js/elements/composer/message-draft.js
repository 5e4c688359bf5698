import { DraftSaver } from "../../lib/drafts.js";
import { RequestError, getJson } from "../../lib/http.js";
import { uuid4 } from "../../lib/uuid.js";

const PREFIX = "draft:"; // in this tab's session storage, per person and place

/** What is written and not sent: saved on the server, and shown as it was written elsewhere. */
class MessageDraft extends HTMLElement {
  #tab = uuid4();
  #at = 0; // of the newest state heard of, in s by the server's clock
  #taken = new Set(); // ids of messages that have left the box
  #restored = 0; // when the text was written that a reload brought back, in ms
  #saver = new DraftSaver(this.#tab, {
    url: () => `${this.#url ?? "/"}draft`,
    key: () => this.#keyOf(this.#url ?? "/"),
    read: () => this.#read(),
    spent: (draft, isSame) => this.#spent(draft, isSame),
    failed: (error) => this.#failed(error),
  });
  #end = new AbortController();

  connectedCallback() {
    this.box = this.parentElement.querySelector("message-box");
    this.images = this.closest("image-attacher");
    this.list = document.querySelector("message-list");
    this.#saver.start(this.#read());
    this.#restore();
    this.#listen(this.box, "input", () => this.#changed());
    this.#listen(this.images, "images:changed", () => this.#changed());
    this.#listen(this.box, "box:taken", ({ detail }) => this.#take(detail));
    this.#listen(this.box, "box:given", ({ detail }) => this.#give(detail));
    this.#listen(this.box, "box:dropped", ({ detail }) => this.#saver.drop(detail.clientId));
    this.#listen(this.box, "focusout", (event) => this.#leaveBox(event));
    // Whoever comes back may have written elsewhere, out of hearing of processes that are not joined.
    this.#listen(document, "visibilitychange", () => (document.hidden ? this.#saver.flush(true) : this.#ask()));
    this.#listen(window, "pagehide", () => this.#leave());
    this.#listen(document, "conversation:begun", () => this.#begin());
    this.#listen(document, "conversation:entered", () => this.#forgetSent());
    this.#listen(document, "live:draft.changed", ({ detail }) => this.#follow(detail));
    this.#listen(document, "live:open", () => this.#ask());
    this.#listen(document, "live:joined", ({ detail }) => detail.value && this.#ask());
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#saver.stop();
  }

  #listen(target, type, handle) {
    target.addEventListener(type, handle, { signal: this.#end.signal });
  }

  /** Of the conversation; the empty page has none. */
  get #url() {
    return this.list.dataset.url;
  }

  #keyOf(place) {
    return `${PREFIX}${this.dataset.person}:${place}`;
  }

  #read() {
    const { kept, html } = this.images;
    return { clientId: this.box.clientId, text: this.box.value, images: kept, chips: html };
  }

  #changed() {
    this.#restored = 0;
    this.#saver.changed();
  }

  /** Shows what the server may not have yet; whether it is the newest is known when it answers. */
  #restore() {
    this.#forgetSent();
    const draft = this.#saver.recall();
    if (!draft) return;
    this.#write(draft.text, draft.clientId, draft.chips);
    this.#restored = draft.written;
    this.#saver.resume(draft.written);
  }

  /** The tab's own copy of a message that has arrived, or that waits in the list. */
  #forgetSent() {
    const id = this.#saver.recall()?.clientId;
    if (id && this.list.querySelector(`[data-client-id="${id}"]`)) this.#saver.forget();
  }

  #take(message) {
    this.#taken.add(message.clientId);
    this.#restored = 0;
    const next = { clientId: this.box.clientId, text: "", images: [] };
    this.#saver.over({ ...this.#read(), ...message }, next);
  }

  #give({ clientId }) {
    this.#taken.delete(clientId);
    this.#changed();
  }

  /** A press on one of the composer's own buttons is no end of writing. */
  #leaveBox({ relatedTarget }) {
    if (!this.images.contains(relatedTarget)) this.#saver.flush();
  }

  #leave() {
    this.#forgetSent();
    this.#saver.flush(true);
  }

  #begin() {
    this.#saver.forget(this.#keyOf("/"));
    this.#at = 0;
    if (this.box.value || !this.images.isEmpty) this.#saver.moved();
  }

  async #ask() {
    const asked = Date.now();
    try {
      this.#follow(await getJson(`${this.#url ?? "/"}draft`), asked);
    } catch (error) {
      // When the line is back it asks again.
      if (!(error instanceof RequestError)) throw error;
    }
    this.#saver.retry();
  }

  /** News of this place's draft, not older than `since`. What is being written here and not saved yet wins. */
  #follow(state, since = Date.now()) {
    const place = this.#url ? this.list.dataset.conversation : null;
    if (state.conversation !== place || state.at < this.#at) return;
    this.#at = state.at;
    if (state.tab === this.#tab || this.#taken.has(state.client_id)) return;
    if (this.#restored) this.#compare(state, since);
    else if (!this.#saver.isEdited && !this.images.isBusy) this.#show(state);
  }

  /** What a reload brought back, or what the server has: the one that was written last. An answer that
   *  takes its time must not make what was typed here look older than it is. */
  #compare(state, since) {
    const age = (state.at - state.written) * 1000;
    const isNewer = since - this.#restored < age;
    this.#restored = 0;
    if (isNewer) this.#saver.flush();
    else this.#show(state);
  }

  #show({ client_id: clientId, text, pictures: chips }) {
    // A long text does not come by itself.
    if (text === null) this.#ask();
    else {
      this.#write(text, clientId ?? uuid4(), chips);
      this.#saver.follow(this.#read());
    }
  }

  #write(text, clientId, chips) {
    if (this.box.value !== text) this.box.replace(text);
    this.box.clientId = clientId;
    this.images.show(chips);
  }

  /** The message with this id has been sent, from elsewhere or from here in a moment without a line. */
  #spent({ clientId, text }, isSame) {
    if (clientId !== this.box.clientId) return;
    if (isSame && text === this.box.value) {
      this.box.take();
      this.images.take();
      this.#saver.forget();
    } else {
      this.box.clientId = uuid4();
      this.#changed();
    }
  }

  #failed(error) {
    if (error.status === 401) document.dispatchEvent(new Event("signed-out"));
    else if (error.sentence) document.dispatchEvent(new CustomEvent("request:failed", { detail: error }));
  }
}

customElements.define("message-draft", MessageDraft);
