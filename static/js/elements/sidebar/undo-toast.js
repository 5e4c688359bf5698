// Offers for ten seconds to undo a deletion, in every tab of the person.

import { BOX_REQUESTED, LIVE_CONVERSATION_DELETED, LIVE_SIDEBAR_CHANGED, dispatch, listen } from "../../lib/events.js";
import { RequestError, post } from "../../lib/http.js";
import { readStored, storedPlaces, writeStored } from "../../lib/tab-storage.js";

const SHOWN = 10_000; // ms

/** The conversation list stores what was deleted, because its page may be left at once: "trashed" has, by the id of
 *  the deletion, { at, ids, url }; `url` is that of the conversation that the page showed. */
class UndoToast extends HTMLElement {
  #undo = ""; // the id of the deletion that is offered
  #undoHere = null; // undoes what only this tab offers to undo
  #timer = 0;
  #end;

  connectedCallback() {
    this.#end = new AbortController(); // it is moved to the end of the page
    const { signal } = this.#end;
    this.status = this.querySelector("[role=status]");
    this.button = this.querySelector("button");
    this.popover = "manual"; // above the drawer of a phone
    this.button.addEventListener("click", () => this.#start(), { signal });
    document.addEventListener("keydown", (event) => this.#undoByKey(event), { signal });
    listen(document, LIVE_SIDEBAR_CHANGED, ({ restored }) => this.#forget(restored), signal);
    listen(document, LIVE_CONVERSATION_DELETED, ({ conversation, undo }) => undo || this.#forget([conversation]), signal);
    for (const type of ["pointerenter", "focusin"]) this.addEventListener(type, () => clearTimeout(this.#timer), { signal });
    for (const type of ["pointerleave", "focusout"]) this.addEventListener(type, () => this.#hideIn(SHOWN), { signal });
    this.offer();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#end.abort();
  }

  /** Shows the last deletion, if it isn't long ago. */
  offer() {
    const kept = storedPlaces("trashed").map((undo) => ({ undo, ...readStored("trashed", undo) }));
    const [last, ...older] = kept.sort((one, other) => other.at - one.at);
    for (const { undo } of older) writeStored("trashed", undo, null);
    if (!last) return;
    const left = last.at + SHOWN - Date.now();
    this.#undo = last.undo;
    this.#undoHere = null;
    if (left <= 0) return this.#hide();
    const { one, many } = this.dataset;
    const { length } = last.ids;
    this.#show(length === 1 ? one : many.replace("{count}", length), left);
  }

  /** Shows why something failed; "" if the server was not reached. */
  report(sentence) {
    this.#undo = "";
    this.#undoHere = null;
    this.#show(sentence || this.dataset.failed, SHOWN);
  }

  /** Shows what was done, and offers to undo it. */
  announce(sentence, undo) {
    this.#undo = "";
    this.#undoHere = undo;
    this.#show(sentence, SHOWN);
  }

  #show(sentence, left) {
    this.button.hidden = !(this.#undo || this.#undoHere);
    this.showPopover();
    this.status.textContent = sentence;
    this.#hideIn(left);
  }

  #hideIn(left) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#hide(), left);
  }

  #hide() {
    if (this.#undo) writeStored("trashed", this.#undo, null);
    this.#undo = "";
    this.#undoHere = null;
    this.status.textContent = "";
    if (this.contains(document.activeElement)) dispatch(document, BOX_REQUESTED, {});
    this.hidePopover();
  }

  /** These were restored, or deleted for good, in any tab. */
  #forget(gone) {
    const { ids } = readStored("trashed", this.#undo) ?? {};
    if (ids?.some((id) => gone.includes(id))) this.#hide();
  }

  #start() {
    const undoHere = this.#undoHere;
    if (!undoHere) return this.#restore();
    this.#hide();
    undoHere();
  }

  async #restore() {
    const { ids, url } = readStored("trashed", this.#undo) ?? {};
    if (!ids) return;
    try {
      await post("/conversations/batch", fieldsOf(ids));
      this.#hide();
      if (url) location.assign(url);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.status.textContent = error.sentence || this.dataset.failed;
      this.#hideIn(SHOWN);
    }
  }

  /** Undoes the deletion unless there is a text that the keys are about. */
  #undoByKey(event) {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z";
    if (!isUndo || event.defaultPrevented || this.button.hidden || !this.matches(":popover-open") || event.target.value) return;
    event.preventDefault();
    this.#start();
  }
}

function fieldsOf(ids) {
  const fields = new FormData();
  fields.set("action", "restore");
  for (const id of ids) fields.append("conversation", id);
  return fields;
}

customElements.define("undo-toast", UndoToast);
