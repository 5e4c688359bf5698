// Messages that left the composer and are not on the server: sends them, and shows why they wait.

import "./message-list.js";
import { shown } from "../../lib/conversation.js";
import { BOX_REQUESTED, CONNECTION_OPENED, HINT_CHANGED, PERSON_LEFT, REPLY_CHANGED } from "../../lib/events.js";
import { MESSAGE_ACCEPTED, MESSAGE_REMOVED, MESSAGE_RETURNED, MESSAGE_SUBMITTED } from "../../lib/events.js";
import { SESSION_EXPIRED, SESSION_RENEWED, SIGN_IN_REQUESTED, dispatch, listen } from "../../lib/events.js";
import { post } from "../../lib/http.js";
import { createChips, createCopy, createEntry, formOf } from "../../lib/outbox-entries.js";
import { loadEntries, saveEntries } from "../../lib/outbox-storage.js";
import { Outbox } from "../../lib/outbox.js";

/** Part of the message list. */
class MessageOutbox extends HTMLElement {
  #chips = new WeakMap(); // entry -> chips of its images, as long as this page lives
  #announced = ""; // the last sentence, for screen readers
  #end = new AbortController();
  #outbox = new Outbox({
    post: (entry) => this.#post(entry),
    statusOf: (message) => this.list.thread.statusOf(message),
    onChange: () => this.#show(),
    onSent: ({ id }, answer) => dispatch(document, MESSAGE_ACCEPTED, { clientId: id, ...answer }),
    onRenamed: ({ id }, old) => this.list.thread.pending.rename(old, id),
    onHeld: (entries, why) => this.#returnHeld(entries, why),
    onBehind: () => this.list.catchUp(),
    onSignedOut: () => this.#askToSignIn(),
  });

  connectedCallback() {
    const { signal } = this.#end;
    this.list = this.closest("message-list");
    const sendNext = () => this.#outbox.sendNext();
    for (const type of [CONNECTION_OPENED, SESSION_RENEWED, REPLY_CHANGED]) listen(document, type, sendNext, signal);
    addEventListener("online", sendNext, { signal });
    listen(document, MESSAGE_SUBMITTED, (message) => this.#add(message), signal);
    listen(document, PERSON_LEFT, () => this.#outbox.clear(), signal);
    this.list.addEventListener("click", ({ target }) => this.#act(target.closest("[data-outgoing]")), { signal });
    // Only when all elements are defined: a message may go back into the composer at once.
    queueMicrotask(() => this.#restore());
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #add({ fields, chips }) {
    const entry = createEntry(fields, chips);
    this.#chips.set(entry, chips);
    const { head, isReplying, pending } = this.list.thread;
    entry.isInPlace = !this.#outbox.isWaiting && !isReplying;
    const copy = this.#createCopy(entry);
    pending.add(copy);
    this.#outbox.add(entry, head);
    // The request has left: laying out the page takes a few milliseconds.
    if (entry.isInPlace) this.list.showSending(copy);
  }

  async #post(entry) {
    if (!entry.isInPlace) this.list.scrollIntoPlace(entry.id);
    entry.isInPlace = true;
    return (await post(`/c/${shown.id}/messages`, formOf(entry))).json();
  }

  #restore() {
    const entries = loadEntries(shown.id);
    for (const entry of entries) this.list.thread.pending.add(this.#createCopy(entry));
    this.#outbox.restore(entries);
    this.#show();
  }

  #createCopy(entry) {
    return createCopy(this.querySelector("template").content.querySelector("article"), entry);
  }

  /** Shows at each copy why it waits, and stores all entries for a reload. */
  #show() {
    const { entries } = this.#outbox;
    const { offline: connection, busy, signedOut, reply } = this.dataset;
    const sentences = { connection, busy, "sign-in": signedOut, reply };
    for (const entry of entries) {
      const sentence = entry.held ? entry.sentence : sentences[this.#outbox.reasonOf(entry)];
      this.list.thread.pending.setStatus(entry.id, entry.held ? "unsent" : "sending", sentence ?? "");
      if (sentence && !entry.held && sentence !== this.#announced) this.list.announce(sentence);
      this.#announced = sentence;
    }
    this.closest("main").toggleAttribute("data-empty", this.list.thread.isEmpty);
    saveEntries(shown.id, !shown.url, entries);
  }

  /** Puts the first held message back into the composer, if that is empty. The others stay in the list. */
  async #returnHeld(entries, { reason, sentence: own, html }) {
    const sentence = own || (reason === "ended" ? this.dataset.ended : this.dataset.failed);
    for (const entry of entries) entry.sentence = sentence;
    if (reason === "moved") await this.list.catchUp();
    if (entries[0].held) this.#return(entries[0]);
    dispatch(document, HINT_CHANGED, { sentence, html });
  }

  /** Puts a message back into the composer; returns false if that isn't empty. */
  #return(entry) {
    const { id, text } = entry;
    const chips = this.#chips.get(entry) ?? createChips(entry);
    const isReturned = dispatch(document, MESSAGE_RETURNED, { clientId: id, text, chips });
    if (isReturned) this.#remove(entry);
    return isReturned;
  }

  #remove({ id }) {
    this.list.removePending(id);
    this.#outbox.remove(id);
  }

  #act(button) {
    const id = button?.closest("article").dataset.clientId;
    const entry = this.#outbox.entries.find((each) => each.id === id);
    if (!entry) return;
    dispatch(document, HINT_CHANGED, { sentence: "" });
    const action = button.dataset.outgoing;
    if (action === "resend") this.#resend(entry, button.closest("article"));
    if (action === "remove") this.#discard(entry);
    if (action === "edit" && !this.#return(entry)) dispatch(document, HINT_CHANGED, { sentence: this.dataset.full });
    dispatch(document, BOX_REQUESTED, { onTouch: action === "edit" });
  }

  #resend(entry, article) {
    const { head, pending } = this.list.thread;
    pending.setStatus(entry.id, "sending", "");
    pending.add(article);
    this.#outbox.add(entry, head);
    this.list.showSending(article);
  }

  #discard(entry) {
    this.#remove(entry);
    dispatch(document, MESSAGE_REMOVED, { clientId: entry.id });
  }

  #askToSignIn() {
    dispatch(document, SESSION_EXPIRED);
    dispatch(document, SIGN_IN_REQUESTED);
  }
}

customElements.define("message-outbox", MessageOutbox);
