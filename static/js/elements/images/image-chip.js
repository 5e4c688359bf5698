import { RequestError, upload } from "../../lib/http.js";
import { Line } from "../../lib/line.js";
import { shrunk } from "../../lib/shrink.js";

const line = new Line(2); // uploads at once
const MOST_TRIES = 6; // while the server is busy
const NO_USE = [413, 422]; // answers that the same file would get again

/** One attached image: on its way to the server, there, or refused. */
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
    this.field.disabled = this.dataset.state !== "ready"; // without scripts it can't be removed
  }

  sendFile(file, url) {
    this.#name(file.name);
    this.image.src = this.#preview = URL.createObjectURL(file);
    this.#send = async (options) => upload(url, await fieldsOf(file), options);
    return this.#start();
  }

  /** A copy is fetched by the server. */
  sendLink(link, url) {
    this.#name(link.replace(/^https?:\/\//, ""));
    this.dataset.kind = "link";
    this.#send = (options) => upload(url, { link }, options);
    return this.#start();
  }

  /** The image as it will stand beside its message. */
  get sent() {
    return this.querySelector("[data-sent]").content.firstElementChild.cloneNode(true);
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
    this.#enter("uploading");
    this.#progress(0);
    try {
      this.#ready(await line.run(() => this.#sendPatiently(signal), signal));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      this.#fail(error);
    }
    this.dispatchEvent(new CustomEvent("images:changed", { bubbles: true }));
  }

  /** A busy server says when to come again. */
  async #sendPatiently(signal, tries = 1) {
    try {
      return await this.#send({ signal, onProgress: (share) => this.#progress(share) });
    } catch (error) {
      if (!error.retryAfter || tries === MOST_TRIES) throw error;
      this.#progress(0);
      await pause(error.retryAfter * 1000, signal);
      return this.#sendPatiently(signal, tries + 1);
    }
  }

  #ready({ id, link, thumbnail, note, tokens, html }) {
    Object.assign(this.field, { name: id ? "picture" : "link", value: id ?? link, disabled: false });
    this.dataset.tokens = tokens;
    this.querySelector("[data-sent]").innerHTML = html;
    this.#enter("ready", note);
    if (id) this.#showKept(thumbnail);
  }

  /** What the server kept, in place of the browser's copy once it can be painted. */
  async #showKept(url) {
    this.dataset.kind = "image";
    const kept = Object.assign(new Image(), { src: url });
    await kept.decode().catch(() => null); // then the page shows what it has
    this.image.src = url;
    URL.revokeObjectURL(this.#preview);
  }

  #fail(error) {
    this.toggleAttribute("data-hopeless", NO_USE.includes(error.status));
    this.#enter("failed", error.sentence || this.dataset.failed);
    if (error.status === 401) document.dispatchEvent(new Event("signed-out"));
  }

  #enter(state, note = "") {
    this.dataset.state = state;
    this.note.textContent = note;
  }

  #progress(share) {
    this.dataset.phase = share < 1 ? "sending" : "processing";
    this.style.setProperty("--share", share);
    if (share < 1) this.bar.value = share;
    else this.bar.removeAttribute("value");
  }

  #name(name) {
    this.querySelector("[data-name]").textContent = name;
    this.querySelector("[data-remove]").title += ` ${name}`;
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}

async function fieldsOf(file) {
  const fields = new FormData();
  fields.set("image", await shrunk(file), file.name);
  return fields;
}

customElements.define("image-chip", ImageChip);
