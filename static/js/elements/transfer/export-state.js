// The state of an export: shows how far it is, and its end without a reload.

import { CONNECTION_LOST, CONNECTION_OPENED, LIVE, listen } from "../../lib/events.js";
import { getText } from "../../lib/http.js";
import { oneAtATime } from "../../lib/one-at-a-time.js";

// { job, work, state, done, total }. Long work has a new state or is further.
const JOB_CHANGED = `${LIVE}job.changed`;
const UNFINISHED = ["queued", "running"];

class ExportState extends HTMLElement {
  #end = new AbortController();
  #refresh = oneAtATime(() => this.#fetch());

  connectedCallback() {
    const { signal } = this.#end;
    listen(document, JOB_CHANGED, (job) => job.work === "export" && this.#change(job), signal);
    // What happened meanwhile isn't sent again.
    listen(document, CONNECTION_OPENED, this.#refresh, signal);
    listen(document, CONNECTION_LOST, () => this.#isUnfinished && this.#announce(this.dataset.lost), signal);
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  get #isUnfinished() {
    return UNFINISHED.includes(this.querySelector("[data-state]").dataset.state);
  }

  #change({ state, done, total }) {
    const shown = this.querySelector("[data-state]");
    const progress = this.querySelector("progress");
    if (state !== shown.dataset.state || !progress) this.#refresh();
    else if (total) Object.assign(progress, { max: total, value: done });
  }

  /** Shows the state anew. The focus stays in the section when the button that has it goes. */
  async #fetch() {
    const html = await getText(this.dataset.url).catch(() => null);
    if (!html || this.#end.signal.aborted) return;
    const before = this.querySelector("[data-state]").dataset.state;
    const hadFocus = this.contains(document.activeElement);
    this.innerHTML = html;
    const shown = this.querySelector("[data-state]");
    if (hadFocus) this.querySelector("a, button").focus();
    if (shown.dataset.state !== before) this.#announce(this.dataset[shown.dataset.state] ?? "");
  }

  #announce(sentence) {
    this.parentElement.querySelector("[data-announcement]").textContent = sentence;
  }
}

customElements.define("export-state", ExportState);
