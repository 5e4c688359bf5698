import { parse } from "../../lib/morph.js";

/** Images beside the text: uploaded at once, two at a time, and sent by id in their order. */
class ImageAttacher extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.chips = this.querySelector("[data-chips]");
    this.cost = this.querySelector("[data-cost]");
    for (const input of this.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => this.#pick(input), { signal });
    }
    this.addEventListener("click", ({ target }) => this.#click(target.closest("button")), { signal });
    this.addEventListener("images:given", ({ detail }) => this.#addFiles(detail), { signal });
    this.addEventListener("images:linked", ({ detail }) => this.#addLink(detail), { signal });
    this.addEventListener("images:changed", () => this.#count(), { signal });
    document.addEventListener("paste", (event) => this.#paste(event), { signal });
    this.#count();
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

  /** What the server has of them: ids and links, in their order. */
  get kept() {
    return this.#ready.map((chip) => chip.field.value);
  }

  /** Their chips, as `show` takes them. */
  get html() {
    return this.#ready.map(htmlOf).join("");
  }

  get hasFailed() {
    return Boolean(this.chips.querySelector("[data-state=failed]"));
  }

  /** Takes the chips out of the box, for a message on its way. */
  take() {
    const chips = [...this.chips.children];
    this.chips.replaceChildren();
    this.#count();
    return chips;
  }

  give(chips) {
    this.chips.append(...chips);
    this.dispatchEvent(new CustomEvent("images:changed", { bubbles: true }));
  }

  /** Shows images of a draft in place of those that the server has. */
  show(html) {
    const fresh = parse(html);
    if (`${fresh.map((chip) => chip.querySelector("input").value)}` === `${this.kept}`) return;
    for (const chip of this.#ready) chip.remove();
    this.chips.prepend(...fresh);
    this.#count();
  }

  get #ready() {
    return [...this.chips.querySelectorAll("[data-state=ready]")];
  }

  /** How a chip looks in the pending copy of its message. */
  preview(chip) {
    return chip.sent;
  }

  #pick(input) {
    this.#addFiles([...input.files]);
    input.value = "";
  }

  /** Text comes first: office programs put an image of it beside what is copied. */
  #paste(event) {
    const { files, types } = event.clipboardData ?? { files: [], types: [] };
    if (!files.length || types.includes("text/plain") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.#addFiles([...files]);
  }

  #addFiles(files) {
    for (const file of files) {
      if (file.size > +this.dataset.maxBytes) this.#refuse(this.dataset.tooBig);
      else this.#addChip()?.sendFile(file, this.dataset.url);
    }
  }

  #addLink(link) {
    this.#addChip()?.sendLink(link, this.dataset.linkUrl);
  }

  #addChip() {
    if (this.chips.children.length >= +this.dataset.max) return this.#refuse(this.dataset.tooMany);
    const template = this.querySelector("template[data-chip]");
    const chip = document.importNode(template.content, true).firstElementChild;
    this.chips.append(chip);
    return chip;
  }

  #click(button) {
    if (!button) return;
    if (button.matches("[data-attach]")) this.querySelector("input[name=images]").click();
    if (button.matches("[data-take-photo]")) this.querySelector("[data-camera]").click();
    if (button.matches("[data-attach-link]")) this.querySelector("image-link").open();
    if (button.matches("[data-remove]")) this.#remove(button.closest("[data-attachment]"));
  }

  #remove(chip) {
    const neighbour = chip.nextElementSibling ?? chip.previousElementSibling;
    chip.discard();
    (neighbour?.querySelector("[data-remove]") ?? this.querySelector("textarea")).focus();
    this.dispatchEvent(new CustomEvent("images:changed", { bubbles: true }));
  }

  #count() {
    const tokens = [...this.chips.children].reduce((sum, chip) => sum + chip.tokens, 0);
    const rounded = tokens < 1000 ? Math.ceil(tokens / 10) * 10 : Math.round(tokens / 100) * 100;
    this.cost.textContent = tokens ? this.dataset.saysCost.replace("{count}", rounded.toLocaleString()) : "";
  }

  #refuse(detail) {
    this.dispatchEvent(new CustomEvent("images:refused", { detail, bubbles: true }));
  }
}

function htmlOf(chip) {
  const copy = chip.cloneNode(true);
  copy.removeAttribute("style"); // the progress of its upload, which the security policy allows no HTML
  return copy.outerHTML;
}

customElements.define("image-attacher", ImageAttacher);
