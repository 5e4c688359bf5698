// An attached image or document: uploading, uploaded or refused.

import { IMAGES_CHANGED, SESSION_EXPIRED, dispatch } from "../../lib/events.js";
import { RequestError, upload } from "../../lib/http.js";
import { JobQueue } from "../../lib/job-queue.js";
import { load } from "../../lib/load.js";
import { parse } from "../../lib/morph.js";

const uploads = new JobQueue(2); // at once
const HOPELESS = [413, 422]; // statuses that the same file would get again

/** Part of the image attacher. */
class ImageChip extends HTMLElement {
  #send; // ({ signal, onProgress }) => Promise of the server's answer
  #call = new AbortController();
  #preview = ""; // address of the browser's own copy

  connectedCallback() {
    this.image = this.querySelector("img");
    this.field = this.querySelector("input");
    this.note = this.querySelector("[data-note]");
    this.bar = this.querySelector("progress");
    this.onclick = ({ target }) => target.closest("[data-retry-upload]") && this.#start();
    this.image.onload = () => this.toggleAttribute("data-has-preview", true);
    this.image.onerror = () => this.toggleAttribute("data-has-preview", false);
    this.field.disabled = this.dataset.state !== "ready"; // it stays disabled without scripts, which couldn't remove it
    load("image-tools").catch(() => null); // without them nobody learns what it costs
  }

  sendFile(file, url) {
    this.#setName(file.name);
    if (!file.type.startsWith("image/")) this.dataset.kind = "document"; // so far as its name tells
    this.image.src = this.#preview = URL.createObjectURL(file);
    this.#send = async (options) => upload(url, await this.#fieldsOf(file), options);
    return this.#start();
  }

  /** The server fetches a copy. */
  sendLink(link, url) {
    this.#setName(link.replace(/^https?:\/\//, ""));
    this.dataset.kind = "link";
    this.#send = (options) => upload(url, { link, room: this.#room }, options);
    return this.#start();
  }

  /** The image or document as it will be shown with its message. */
  get sent() {
    return this.querySelector("[data-sent]").content.firstElementChild.cloneNode(true);
  }

  /** The HTML from which a later page makes the same chip. */
  get html() {
    const copy = this.cloneNode(true);
    copy.removeAttribute("style"); // its progress; the security policy refuses styles in HTML
    return copy.outerHTML;
  }

  get tokens() {
    return +(this.dataset.tokens ?? 0);
  }

  discard() {
    this.#call.abort();
    URL.revokeObjectURL(this.#preview);
    this.remove();
  }

  async #start() {
    const { signal } = (this.#call = new AbortController());
    const onProgress = (share) => this.#showProgress(share);
    this.#setState("uploading");
    this.#showProgress(0);
    try {
      this.#finish(await uploads.run(() => this.#send({ signal, onProgress }), signal));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      this.#fail(error);
    }
    dispatch(this, IMAGES_CHANGED);
  }

  /** How many images may come of this one, which takes a place already. */
  get #room() {
    return 1 + this.closest("image-attacher").room;
  }

  async #fieldsOf(file) {
    const fields = new FormData();
    const tools = await load("image-tools").catch(() => null); // without them the server shrinks it
    fields.set("file", (await tools?.shrink(file)) ?? file, file.name);
    fields.set("room", this.#room);
    return fields;
  }

  #finish({ id, kind = id ? "image" : "link", link, thumbnail, note, tokens, transparent, html, parts = "" }) {
    Object.assign(this.field, { name: kind, value: id ?? link, disabled: false });
    this.dataset.tokens = tokens;
    this.toggleAttribute("data-transparent", Boolean(transparent));
    this.querySelector("[data-sent]").innerHTML = html;
    this.#setState("ready", note);
    this.after(...parse(parts)); // of a long image
    this.dataset.kind = kind;
    if (thumbnail) this.#showStored(thumbnail);
  }

  /** Shows the stored image in place of the browser's copy, once it can be painted. */
  async #showStored(url) {
    const stored = Object.assign(new Image(), { src: url });
    await stored.decode().catch(() => null); // a broken image is shown as the browser shows it
    this.image.src = url;
    URL.revokeObjectURL(this.#preview);
  }

  #fail(error) {
    this.toggleAttribute("data-hopeless", HOPELESS.includes(error.status));
    this.#setState("failed", error.sentence || this.dataset.failed);
    if (error.status === 401) dispatch(document, SESSION_EXPIRED);
  }

  #setState(state, note = "") {
    this.dataset.state = state;
    this.note.textContent = note;
  }

  #showProgress(share) {
    this.dataset.phase = share < 1 ? "sending" : "processing";
    this.style.setProperty("--share", share);
    if (share < 1) this.bar.value = share;
    else this.bar.removeAttribute("value");
  }

  #setName(name) {
    this.querySelector("[data-name]").textContent = name;
    this.querySelector("[data-remove]").title += ` ${name}`;
  }
}

customElements.define("image-chip", ImageChip);
