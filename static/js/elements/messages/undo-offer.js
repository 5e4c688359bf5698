// Offers for a while to bring back the version that was deleted last.

import { shown } from "../../lib/conversation.js";
import { parse } from "../../lib/morph.js";
import { readStored, storedPlaces, writeStored } from "../../lib/tab-storage.js";

const KIND = "undo"; // of what the tab keeps over a reload: a switch to an earlier page is one
const OFFERED = 10_000; // ms

/** Part of the message actions. */
class UndoOffer extends HTMLElement {
  message = ""; // whose deletion is offered to be undone
  #timer = 0;

  #end = new AbortController();

  connectedCallback() {
    document.addEventListener("keydown", (event) => this.#undoByKey(event), { signal: this.#end.signal });
    for (const message of storedPlaces(KIND)) {
      const { conversation, html, until } = readStored(KIND, message);
      if (until <= Date.now()) writeStored(KIND, message, null);
      else if (conversation === shown.id) this.#show(message, html, until);
    }
  }

  disconnectedCallback() {
    this.#end.abort();
    clearTimeout(this.#timer);
  }

  /** `html` is "" when the version is back; returns whether this offer is new. */
  offer({ message, html }) {
    if (!html) return this.end(message);
    if (message === this.message) return false;
    this.end(this.message);
    const until = Date.now() + OFFERED;
    writeStored(KIND, message, { conversation: shown.id, html, until });
    this.#show(message, html, until);
    return true;
  }

  end(message) {
    writeStored(KIND, message, null);
    if (message !== this.message) return false;
    this.message = "";
    clearTimeout(this.#timer);
    this.replaceChildren();
    return false;
  }

  #show(message, html, until) {
    this.message = message;
    this.replaceChildren(...parse(html));
    this.#endAt(until);
  }

  #undoByKey(event) {
    const { key, ctrlKey, metaKey, shiftKey, target, defaultPrevented } = event;
    const isUndo = key === "z" && (ctrlKey || metaKey) && !shiftKey && !defaultPrevented;
    if (!isUndo || !this.message || target.closest?.("input, textarea")) return;
    event.preventDefault();
    this.querySelector("button").click();
  }

  /** Whoever is about to press the button may do so: the offer stays under the pointer and the focus. */
  #endAt(until) {
    const wait = () => (this.matches(":hover, :focus-within") ? this.#endAt(Date.now() + OFFERED / 10) : this.end(this.message));
    this.#timer = setTimeout(wait, until - Date.now());
  }
}

customElements.define("undo-offer", UndoOffer);
