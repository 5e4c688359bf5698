// Uploads exports in slices and shows how far their import is. An upload that stopped continues when the same
// files are chosen again: only slices that the server doesn't have are sent.

import { CONNECTION_OPENED, LIVE, listen } from "../../lib/events.js";
import { getText, post, upload } from "../../lib/http.js";

// { job, work, state, done, total }. Long work has a new state or is further.
const JOB_CHANGED = `${LIVE}job.changed`;
const PAUSES = [1, 2, 5, 10, 20, 30, 60, 60, 60, 60]; // seconds before a slice is sent again

const sleep = (seconds, signal) =>
  new Promise((resolve, reject) => {
    setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

class ChatImport extends HTMLElement {
  #end = new AbortController();
  #upload = null; // what ends the upload that is running

  connectedCallback() {
    const { signal } = this.#end;
    this.addEventListener("change", (event) => this.#choose(event.target.files), { signal });
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    for (const type of ["dragover", "dragleave", "drop"]) {
      this.addEventListener(type, (event) => this.#drag(event), { signal });
    }
    listen(document, JOB_CHANGED, (job) => job.work === "import_chats" && this.#change(job), signal);
    listen(document, CONNECTION_OPENED, () => this.#upload || this.#fetch(), signal);
    window.addEventListener("beforeunload", (event) => this.#upload && event.preventDefault(), { signal });
    this.#prepare();
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#upload?.abort();
  }

  /** Lets several files be chosen, which only this script can send. */
  #prepare() {
    const input = this.querySelector("[type=file]");
    if (!input) return;
    input.multiple = true;
    this.querySelector("[data-drop-hint]").hidden = false;
  }

  /** Lets the same files be chosen again, which to the browser would be no change. */
  #reset() {
    const input = this.querySelector("[type=file]");
    if (input) Object.assign(input, { value: "", disabled: false });
  }

  #drag(event) {
    const target = this.querySelector(".import-drop");
    if (!target || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    target.toggleAttribute("data-over", event.type === "dragover");
    if (event.type === "drop") this.#choose(event.dataTransfer.files);
  }

  async #choose(chosen) {
    const files = [...chosen];
    if (!files.length || this.#upload) return;
    this.#upload = new AbortController();
    this.#showError("");
    this.#showUpload(true);
    try {
      await this.#send(files, this.#upload.signal);
      await post(this.dataset.startUrl, {});
      this.#announce(this.dataset.running);
    } catch (error) {
      if (error !== this.#upload.signal.reason) this.#showError(error.sentence || this.dataset.paused);
      this.#showUpload(false);
      return;
    } finally {
      this.#upload = null;
      this.#reset();
    }
    await this.#fetch();
  }

  async #send(files, signal) {
    const total = files.reduce((sum, file) => sum + file.size, 0);
    let sent = 0;
    for (const file of files) {
      this.#name(file.name);
      const { name, size, lastModified } = file;
      const answer = await post(this.dataset.filesUrl, { name, size, modified: lastModified });
      const { file: id, slice_bytes: bytes, present } = await answer.json();
      const here = new Set(present);
      for (let number = 0; number * bytes < size; number += 1) {
        const part = file.slice(number * bytes, (number + 1) * bytes);
        if (!here.has(number)) {
          await this.#sendSlice(`${this.dataset.filesUrl}/${id}/slices/${number}`, part, file.name, signal, (share) =>
            this.#progress((sent + part.size * share) / total),
          );
        }
        sent += part.size;
        this.#progress(sent / total);
      }
    }
  }

  /** Sends a slice, and again while the server isn't reached. */
  async #sendSlice(url, part, name, signal, onProgress) {
    for (const pause of [...PAUSES, 0]) {
      signal.throwIfAborted();
      const fields = new FormData();
      fields.append("slice", part, "slice");
      try {
        await upload(url, fields, { onProgress, signal });
        this.#name(name);
        return;
      } catch (error) {
        const mayHelp = error.status === 0 || error.status >= 500;
        if (signal.aborted || !mayHelp || !pause) throw error;
        this.#progressText(this.dataset.retrying);
      }
      await sleep(pause, signal);
    }
  }

  async #submit(event) {
    if (!event.target.matches("[data-cancel]")) return;
    event.preventDefault();
    this.#upload?.abort();
    await post(this.dataset.cancelUrl, {}).catch(() => null);
    await this.#fetch();
  }

  #change({ state, done, total }) {
    const progress = this.querySelector("[data-state=running] progress");
    const count = this.querySelector("[data-count]");
    if (this.#upload) return;
    if (state !== "running" || !progress || !count) {
      this.#fetch();
      return;
    }
    Object.assign(progress, { max: total || 1, value: done });
    count.textContent = `${done} / ${total}`;
  }

  /** Shows the state anew. The focus stays in the section when the element that has it goes. */
  async #fetch() {
    const html = await getText(this.dataset.url).catch(() => null);
    if (!html || this.#end.signal.aborted || this.#upload) return;
    const before = this.#state;
    const hadFocus = this.contains(document.activeElement);
    // Whoever reads a report isn't interrupted.
    if (before !== "running" && this.querySelector("details[open]")) return;
    const shown = document.createElement("template");
    shown.innerHTML = html;
    // The field stays: a dialog for it may be open, and would answer to one that is gone.
    const field = this.querySelector("[type=file]");
    if (field) shown.content.querySelector("[type=file]")?.replaceWith(field);
    this.replaceChildren(shown.content);
    this.#prepare();
    if (hadFocus) this.querySelector("input, button")?.focus();
    if (before === "running" && this.#state !== "running") this.#announce(this.dataset.ended);
  }

  get #state() {
    return this.querySelector("[data-state]").dataset.state;
  }

  #showUpload(isRunning) {
    this.querySelector("[data-upload]").hidden = !isRunning;
    this.querySelector("[data-cancel]").hidden = false;
    this.querySelector("[type=file]").disabled = isRunning;
    const button = this.querySelector("[data-cancel] button");
    if (isRunning) button.focus();
    else Object.assign(this.querySelector("[type=file]"), { value: "" }).focus();
  }

  #progress(share) {
    this.querySelector("[data-upload] progress").value = share;
  }

  #name(name) {
    this.#progressText(this.dataset.uploading.replace("{name}", name));
  }

  #progressText(text) {
    this.querySelector("[data-upload-name]").textContent = text;
  }

  #showError(sentence) {
    const shown = this.querySelector(".form-error[role=alert]");
    shown.textContent = sentence;
    shown.hidden = !sentence;
  }

  #announce(sentence) {
    this.parentElement.querySelector("[data-announcement]").textContent = sentence;
  }
}

customElements.define("chat-import", ChatImport);
