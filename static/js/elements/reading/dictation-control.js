// Types what is said, where the browser offers to recognise speech.

import { BOX_REQUESTED, HINT_CHANGED, dispatch } from "../../lib/events.js";

const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
const BY_THE_PERSON = ["aborted", "no-speech"]; // "errors" that need no sentence

/** Part of the tools for reading. */
class DictationControl extends HTMLElement {
  #recognition = null; // while it listens
  #end = new AbortController();

  connectedCallback() {
    this.panel = this.querySelector(".voice");
    this.panel.querySelector("button").addEventListener("click", () => this.#stop(), { signal: this.#end.signal });
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#stop();
  }

  /** Begins to listen, or stops. */
  toggle() {
    if (this.#recognition) return this.#stop();
    const recognition = (this.#recognition = new Recognition());
    recognition.continuous = true;
    recognition.lang = navigator.language;
    recognition.addEventListener("result", (event) => type(event.results[event.resultIndex][0].transcript));
    recognition.addEventListener("error", ({ error }) => this.#report(error));
    recognition.addEventListener("end", () => this.#leave());
    recognition.start();
    this.panel.hidden = false;
  }

  #stop() {
    this.#recognition?.stop(); // what was said until now still arrives
  }

  #leave() {
    this.#recognition = null;
    this.panel.hidden = true;
  }

  #report(error) {
    if (!BY_THE_PERSON.includes(error)) dispatch(document, HINT_CHANGED, { sentence: this.dataset.failed });
  }
}

/** Types at the cursor, so that Undo takes it back. */
function type(text) {
  dispatch(document, BOX_REQUESTED, { onTouch: true });
  const { value, selectionStart } = document.activeElement;
  const isApart = !selectionStart || /\s$/.test(value.slice(0, selectionStart));
  document.execCommand("insertText", false, (isApart ? "" : " ") + text.trim());
}

customElements.define("dictation-control", DictationControl);
