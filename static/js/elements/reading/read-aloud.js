// Reads a reply aloud with the browser's own voices, while it is written too.

import { isRunning, partOf } from "../../lib/articles.js";
import { SpokenText, sentencesOf } from "../../lib/spoken-text.js";

const CHECK = 500; // ms between looks for new sentences

/** Part of the tools for reading. */
class ReadAloud extends HTMLElement {
  #timer = 0;
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.panel = this.querySelector(".voice");
    this.panel.querySelector("button").addEventListener("click", () => this.#stop(), { signal });
    addEventListener("pagehide", () => this.#stop(), { signal }); // or the voice would go on
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#stop();
  }

  /** Begins to read an article, or stops. */
  toggle(article) {
    if (this.#timer) return this.#stop();
    const text = new SpokenText(partOf(article));
    this.panel.hidden = false;
    this.#timer = setInterval(() => this.#read(article, text), CHECK);
    this.#read(article, text);
  }

  #read(article, text) {
    const isEnded = !isRunning(article) || !article.isConnected;
    for (const sentence of sentencesOf(text.next(isEnded))) {
      speechSynthesis.speak(new SpeechSynthesisUtterance(sentence));
    }
    if (isEnded && !speechSynthesis.speaking && !speechSynthesis.pending) this.#stop();
  }

  #stop() {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = 0;
    speechSynthesis.cancel();
    this.panel.hidden = true;
  }
}

customElements.define("read-aloud", ReadAloud);
