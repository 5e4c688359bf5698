// The draft of a message: saved on the server, and shown in all tabs.

import "./message-box.js";
import "../images/image-attacher.js";
import { isShown } from "../../lib/articles.js";
import { shown } from "../../lib/conversation.js";
import { DraftSaver } from "../../lib/draft-saver.js";
import { DraftSync } from "../../lib/draft-sync.js";
import { BOX_CLEARED, BOX_RESTORED, CONNECTION_OPENED, CONVERSATION_BEGUN } from "../../lib/events.js";
import { IMAGES_CHANGED, LIVE_DRAFT_CHANGED, LIVE_JOINED, MESSAGE_ACCEPTED } from "../../lib/events.js";
import { MESSAGE_REMOVED, REQUEST_FAILED, SESSION_EXPIRED, dispatch, listen } from "../../lib/events.js";
import { loadEntries } from "../../lib/outbox-storage.js";
import { writeStored } from "../../lib/tab-storage.js";
import { uuid4 } from "../../lib/uuid.js";

const EMPTY_PAGE = "/";
// The place of a message that begins a conversation: this page if it is that of a project.
const START = location.pathname.startsWith("/projects/") ? location.pathname : EMPTY_PAGE;
const place = () => shown.url || START;
// Only the tab keeps what is written on the page of a project.
const isLocal = () => place() === START && START !== EMPTY_PAGE;

/** Part of the composer. */
class MessageDraft extends HTMLElement {
  #tab = uuid4();
  #saver = new DraftSaver(this.#tab, {
    place,
    isLocal,
    read: () => this.#read(),
    onUsed: (draft, isSame) => this.#leaveToSent(draft, isSame),
    onFailed: reportFailure,
  });
  #sync = new DraftSync(this.#tab, this.#saver, {
    place,
    isLocal,
    conversation: () => (shown.url ? shown.id : null),
    isBusy: () => this.images.isBusy,
    show: (state) => this.#show(state),
  });
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.box = this.closest("message-composer").querySelector("message-box");
    this.images = this.closest("image-attacher");
    this.#saver.start(this.#read());
    this.#restore();
    this.box.addEventListener("input", () => this.#sync.noteEdit(), { signal });
    this.box.addEventListener("focusout", (event) => this.#leaveBox(event), { signal });
    listen(this.images, IMAGES_CHANGED, () => this.#sync.noteEdit(), signal);
    listen(this.box, BOX_CLEARED, (message) => this.#handOver(message), signal);
    listen(this.box, BOX_RESTORED, ({ clientId }) => this.#sync.noteReturned(clientId), signal);
    // The person may have written in another tab, and processes that aren't joined bring no event of that.
    const saveOrFetch = () => (document.hidden ? this.#saver.saveNow(true) : this.#sync.fetch());
    document.addEventListener("visibilitychange", saveOrFetch, { signal });
    addEventListener("pagehide", () => this.#leavePage(), { signal });
    listen(document, MESSAGE_ACCEPTED, ({ clientId }) => this.#saver.forget(clientId), signal);
    listen(document, MESSAGE_REMOVED, ({ clientId }) => this.#saver.discard(clientId), signal);
    listen(document, CONVERSATION_BEGUN, () => this.#enterConversation(), signal);
    listen(document, LIVE_DRAFT_CHANGED, (state) => this.#sync.follow(state), signal);
    listen(document, CONNECTION_OPENED, () => this.#sync.fetch(), signal);
    listen(document, LIVE_JOINED, ({ value }) => value && this.#sync.fetch(), signal);
    this.#leaveToOutbox();
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#saver.stop();
  }

  #read() {
    const { ids, html } = this.images;
    return { clientId: this.box.clientId, text: this.box.value, images: ids, chips: html };
  }

  #write(text, clientId, chips) {
    if (this.box.value !== text) this.box.replaceText(text);
    this.box.clientId = clientId;
    this.images.show(chips);
  }

  /** Shows the tab's own copy, which the server may not have yet. */
  #restore() {
    this.#forgetShown();
    const draft = this.#saver.load();
    if (!draft) return;
    this.#write(draft.text, draft.clientId, draft.chips);
    this.#sync.noteRestored(draft.written);
  }

  /** Empties the box if its message waits in the outbox: the server keeps the draft until it has the message. */
  #leaveToOutbox() {
    if (!loadEntries(shown.id).some(({ id }) => id === this.box.clientId)) return;
    this.box.clear();
    this.images.clear();
  }

  /** Removes the tab's own copy if the page shows its message, sent or waiting. */
  #forgetShown() {
    const id = this.#saver.load()?.clientId;
    if (id && isShown(id)) this.#saver.forget();
  }

  #handOver(message) {
    const next = { clientId: this.box.clientId, text: "", images: [] };
    this.#sync.noteSent({ ...this.#read(), ...message }, next);
  }

  /** Saves when the focus leaves the composer: a press on one of its buttons doesn't end the writing. */
  #leaveBox({ relatedTarget }) {
    if (!this.images.contains(relatedTarget)) this.#saver.saveNow();
  }

  #leavePage() {
    this.#forgetShown();
    this.#saver.saveNow(true);
  }

  #enterConversation() {
    writeStored("draft", START, null);
    this.#sync.noteNewPlace();
    if (this.box.value || !this.images.isEmpty) this.#saver.changePlace();
  }

  /** Shows a draft from another tab. */
  #show({ client_id: clientId, text, images: chips }) {
    this.#write(text, clientId ?? uuid4(), chips);
    this.#saver.adopt(this.#read());
  }

  /** Empties the box if its message was already sent, from another tab or from here without a connection. A
   *  different text becomes a new message. */
  #leaveToSent({ clientId, text }, isSame) {
    if (clientId !== this.box.clientId) return;
    if (isSame && text === this.box.value) {
      this.box.clear();
      this.images.clear();
      this.#saver.forget();
    } else {
      this.box.clientId = uuid4();
      this.#sync.noteEdit();
    }
  }
}

function reportFailure(error) {
  if (error.status === 401) dispatch(document, SESSION_EXPIRED);
  else if (error.sentence) dispatch(document, REQUEST_FAILED, error);
}

customElements.define("message-draft", MessageDraft);
