// The files of a project: uploads those that are chosen or dropped, one after the other, and removes some.

import { SESSION_EXPIRED, dispatch } from "../../lib/events.js";
import { RequestError, post, upload } from "../../lib/http.js";
import { morphInner } from "../../lib/morph.js";

const HOPELESS = [413, 422]; // statuses that the same file would get again

class ProjectFiles extends HTMLElement {
  #end = new AbortController();
  #waiting = []; // { row, file, call }, the first of which is sent now
  #isSending = false;

  connectedCallback() {
    const { signal } = this.#end;
    this.input = this.querySelector("[type=file]");
    if (!this.input) return;
    this.addEventListener("change", () => this.#add(this.input.files), { signal });
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    for (const type of ["dragover", "dragleave", "drop"]) {
      this.addEventListener(type, (event) => this.#drag(event), { signal });
    }
    window.addEventListener("beforeunload", (event) => this.#isSending && event.preventDefault(), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
    for (const { call } of this.#waiting) call.abort();
  }

  #drag(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.querySelector(".project-drop").toggleAttribute("data-over", event.type === "dragover");
    if (event.type === "drop") this.#add(event.dataTransfer.files);
  }

  #add(files) {
    for (const file of files) this.#show(file);
    this.input.value = "";
  }

  /** Shows a file that is to be sent. */
  #show(file) {
    const row = document.importNode(this.querySelector("[data-row]").content, true).firstElementChild;
    row.querySelector("[data-name]").textContent = file.name;
    for (const button of row.querySelectorAll("button")) button.setAttribute("aria-label", `${button.textContent} ${file.name}`);
    const job = { row, file, call: new AbortController() };
    row.querySelector("[data-retry]").onclick = () => this.#retry(job);
    row.querySelector("[data-discard]").onclick = () => this.#discard(job);
    this.querySelector("[data-uploads]").append(row);
    if (file.size > +this.dataset.maxBytes) this.#fail(row, this.dataset.tooBig, true);
    else this.#enqueue(job);
  }

  #enqueue(job) {
    job.row.dataset.state = "uploading";
    this.#report(job.row, this.dataset.waiting);
    this.#waiting.push(job);
    if (!this.#isSending) this.#sendAll();
  }

  async #sendAll() {
    this.#isSending = true;
    try {
      while (this.#waiting.length) {
        await this.#send(this.#waiting[0]);
        this.#waiting.shift();
      }
    } finally {
      this.#isSending = false;
    }
  }

  async #send({ row, file, call: { signal } }) {
    if (signal.aborted) return;
    const bar = row.querySelector("progress");
    const onProgress = (share) => {
      if (share < 1) bar.value = share;
      else bar.removeAttribute("value");
      this.#report(row, share < 1 ? "" : this.dataset.reading);
    };
    try {
      const { html } = await upload(this.dataset.url, { file }, { signal, onProgress });
      this.#drop(row);
      this.#renew(html, this.dataset.added, file.name);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      if (error.status === 401) dispatch(document, SESSION_EXPIRED);
      this.#fail(row, error.sentence || this.dataset.failed, HOPELESS.includes(error.status));
    }
  }

  #fail(row, sentence, isHopeless) {
    row.dataset.state = "failed";
    row.toggleAttribute("data-hopeless", isHopeless);
    this.#report(row, sentence);
  }

  #retry(job) {
    job.row.querySelector("[data-discard]").focus(); // the other button goes
    this.#enqueue(job);
  }

  #discard({ row, call }) {
    call.abort();
    this.#drop(row);
  }

  /** Removes a row; the focus goes on to what is left. */
  #drop(row) {
    const hadFocus = row.contains(document.activeElement);
    row.remove();
    if (hadFocus) this.input.focus();
  }

  async #submit(event) {
    event.preventDefault();
    const form = event.target.closest("[data-removal]");
    if (!form) return;
    const row = form.closest("[data-file]");
    const name = row.querySelector("a").textContent;
    const { file } = row.dataset; // the new list may use the row for another one
    const answer = await this.#change(form.action, {}, this.dataset.failedRemoval);
    if (!answer) return;
    this.#renew(answer.html, this.dataset.removed, name);
    if (answer.undo) this.#offerUndo(name, file, answer.undo);
    else this.input.focus();
  }

  /** Offers to put back the file that was removed last, and moves the focus there: its own button is gone. */
  #offerUndo(name, id, undo) {
    const notice = this.querySelector("[data-undo]");
    const button = notice.querySelector("button");
    notice.querySelector("span").textContent = this.dataset.removed.replace("{name}", () => name);
    notice.hidden = false;
    button.focus({ preventScroll: true });
    button.onclick = async () => {
      const answer = await this.#change(this.dataset.returnUrl, { undo }, this.dataset.failedReturn);
      if (!answer) return;
      this.#renew(answer.html, this.dataset.added, name);
      (this.querySelector(`[data-file="${id}"] button`) ?? this.input).focus();
    };
  }

  /** Posts a change; returns the answer, or null after a failure, which is shown. */
  async #change(url, fields, failed) {
    try {
      return await (await post(url, fields)).json();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.status === 401) dispatch(document, SESSION_EXPIRED);
      this.#complain((error.status !== 404 && error.sentence) || failed);
      return null;
    }
  }

  #renew(html, sentence, name) {
    morphInner(this.querySelector("[data-list]"), html);
    this.#complain("");
    this.querySelector("[data-undo]").hidden = true;
    this.querySelector("[data-announcement]").textContent = sentence.replace("{name}", () => name);
  }

  #report(row, sentence) {
    row.querySelector("[data-note]").textContent = sentence;
  }

  #complain(sentence) {
    const shown = this.querySelector("[data-error]");
    shown.textContent = sentence;
    shown.hidden = !sentence;
  }
}

customElements.define("project-files", ProjectFiles);
