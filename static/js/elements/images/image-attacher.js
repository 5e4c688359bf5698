// The images of a message: takes files and links, and shows them as chips in their order.

import "./image-chip.js";
import { FILES_ADDED, HINT_CHANGED, IMAGES_CHANGED, IMAGE_LINKED, dispatch, listen } from "../../lib/events.js";
import { parse } from "../../lib/morph.js";
import { fileIn } from "../../lib/transfers.js";

/** Part of the composer or of an editor. */
class ImageAttacher extends HTMLElement {
  #end;

  connectedCallback() {
    const { signal } = (this.#end = new AbortController());
    this.chips = this.querySelector("[data-chips]");
    for (const input of this.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => this.#pickFiles(input), { signal });
    }
    this.addEventListener("click", ({ target }) => this.#press(target.closest("button")), { signal });
    listen(this, FILES_ADDED, ({ files }) => this.#addFiles(files), signal);
    listen(this, IMAGE_LINKED, ({ link }) => this.#addLink(link), signal);
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  get isEmpty() {
    return !this.chips.children.length;
  }

  get isBusy() {
    return Boolean(this.chips.querySelector("[data-state=uploading]"));
  }

  get hasFailed() {
    return Boolean(this.chips.querySelector("[data-state=failed]"));
  }

  /** The ids and links of the uploaded images, in their order. */
  get ids() {
    return this.#ready.map((chip) => chip.field.value);
  }

  /** The HTML of their chips, as show() takes it. */
  get html() {
    return this.#ready.map((chip) => chip.html).join("");
  }

  /** Removes the chips of a message that is sent, and returns them. */
  clear() {
    const chips = [...this.chips.children];
    this.chips.replaceChildren();
    return chips;
  }

  restore(chips) {
    this.chips.append(...chips);
    dispatch(this, IMAGES_CHANGED);
  }

  /** Shows the images of a draft in place of the uploaded ones. */
  show(html) {
    const fresh = parse(html);
    if (`${fresh.map((chip) => chip.querySelector("input").value)}` === `${this.ids}`) return;
    for (const chip of this.#ready) chip.remove();
    this.chips.prepend(...fresh);
  }

  /** How many more images fit into the message. */
  get room() {
    return Math.max(0, +this.dataset.max - this.chips.children.length);
  }

  get #ready() {
    return [...this.chips.querySelectorAll("[data-state=ready]")];
  }

  #pickFiles(input) {
    this.#addFiles([...input.files]);
    input.value = "";
  }

  #addFiles(files) {
    for (const file of files) {
      if (file.size > +this.dataset.maxBytes) dispatch(this, HINT_CHANGED, { sentence: this.dataset.tooBig });
      else this.#addChip()?.sendFile(file, this.dataset.url);
    }
    this.querySelector("message-box")?.refocus();
  }

  #addLink(link) {
    const file = fileIn(link);
    if (file) this.#addFiles([file]);
    else this.#addChip()?.sendLink(link, this.dataset.linkUrl);
  }

  /** Returns the new chip, or nothing when there is no room for it. */
  #addChip() {
    if (!this.room) {
      dispatch(this, HINT_CHANGED, { sentence: this.dataset.tooMany });
      return undefined;
    }
    const template = this.querySelector("template[data-chip]");
    const chip = document.importNode(template.content, true).firstElementChild;
    this.chips.append(chip);
    return chip;
  }

  #press(button) {
    if (!button) return;
    if (button.matches("[data-attach]")) this.querySelector("input[name=images]").click();
    if (button.matches("[data-take-photo]")) this.querySelector("[data-camera]").click();
    if (button.matches("[data-remove]")) this.#remove(button.closest("[data-attachment]"));
  }

  #remove(chip) {
    const neighbour = chip.nextElementSibling ?? chip.previousElementSibling;
    chip.discard();
    (neighbour?.querySelector("[data-remove]") ?? this.querySelector("textarea")).focus();
    dispatch(this, IMAGES_CHANGED);
  }
}

customElements.define("image-attacher", ImageAttacher);
