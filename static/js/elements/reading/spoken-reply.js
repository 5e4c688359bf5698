// Announces a reply to screen readers while it is written: whole sentences, politely and not too often.

import { isRunning, partOf } from "../../lib/articles.js";
import { REPLY_CHANGED, STATUS_ANNOUNCED, dispatch, listen } from "../../lib/events.js";
import { announcing } from "../../lib/reading-loader.js";
import { SpokenText } from "../../lib/spoken-text.js";

const PAUSE = 2500; // ms between two announcements
const KEPT = 5000; // ms that an announcement is on the page
const BEFORE_DONE = 1000; // ms between the last sentences and the status

/** Part of the tools for reading. */
class SpokenReply extends HTMLElement {
  #article = null; // the reply that is announced
  #text = null;
  #timer = 0;
  #clearing = 0;
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    const list = this.closest("message-list");
    this.pane = list.querySelector("[role=log]");
    this.status = list.querySelector("[data-spoken]");
    this.region = this.querySelector("[role=status]");
    const choice = this.closest("reading-tools").querySelector("[data-announce]");
    choice.checked = announcing.isOn;
    choice.addEventListener("change", () => this.#choose(choice.checked), { signal });
    listen(document, REPLY_CHANGED, () => this.#follow(), signal);
    this.#follow();
    if (!this.#article && announcing.isDue && announcing.isOn) this.#announceEnded();
  }

  disconnectedCallback() {
    this.#end.abort();
    clearInterval(this.#timer);
  }

  get #replies() {
    return [...this.pane.querySelectorAll("article[data-role=assistant]")];
  }

  #choose(isOn) {
    announcing.isOn = isOn;
    if (isOn) this.#follow();
    else this.#stop();
  }

  #follow() {
    const running = this.#replies.findLast(isRunning);
    if (this.#article && this.#article !== running) this.#finish();
    if (running && !this.#article && announcing.isOn) this.#begin(running);
  }

  /** A short reply may have ended before this script was there. */
  #announceEnded() {
    const reply = this.#replies.at(-1);
    if (!reply) return;
    this.#begin(reply);
    this.#finish();
  }

  #begin(article) {
    this.#article = article;
    this.#text = new SpokenText(partOf(article));
    this.#timer = setInterval(() => this.#announce(this.#text.next(false)), PAUSE);
  }

  /** What was announced goes after a while, or people would meet it a second time on the page. */
  #announce(sentences) {
    if (!sentences) return;
    this.region.textContent = sentences;
    clearTimeout(this.#clearing);
    this.#clearing = setTimeout(() => (this.region.textContent = ""), KEPT);
  }

  /** The status was just announced; it comes once more after the last sentences. */
  #finish() {
    const rest = this.#text.next(true);
    const sentence = this.status.textContent;
    this.#stop();
    if (!rest) return;
    dispatch(document, STATUS_ANNOUNCED, { sentence: "" });
    this.#announce(rest);
    setTimeout(() => this.status.textContent || dispatch(document, STATUS_ANNOUNCED, { sentence }), BEFORE_DONE);
  }

  #stop() {
    clearInterval(this.#timer);
    this.#article = null;
  }
}

customElements.define("spoken-reply", SpokenReply);
