import { RequestError, upload } from "../lib/http.js";

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

/** Pictures beside the text: picked, pasted, dropped or linked; uploaded at once, sent by id. */
class PictureAttacher extends HTMLElement {
  #uploads = new WeakMap(); // chip -> { file, call }
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.chips = this.querySelector("[data-chips]");
    this.input = this.querySelector("input[type=file]");
    this.dialog = this.querySelector("[data-link-dialog]");
    this.veil = this.querySelector("[data-veil]");
    this.input.addEventListener("change", () => this.#pick(), { signal });
    this.addEventListener("click", ({ target }) => this.#click(target.closest("button")), { signal });
    this.dialog.addEventListener("submit", (event) => this.#link(event), { signal });
    document.addEventListener("paste", (event) => this.#paste(event), { signal });
    for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
      document.addEventListener(type, (event) => this.#drag(event), { signal });
    }
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

  /** Takes the chips out of the box, for a message on its way. */
  take() {
    const chips = [...this.chips.children];
    this.chips.replaceChildren();
    return chips;
  }

  give(chips) {
    this.chips.append(...chips);
  }

  /** How a chip looks in the pending copy of its message. */
  preview(chip) {
    const image = chip.querySelector("img");
    const preview = document.createElement("span");
    preview.dataset.part = "image";
    preview.className = image.hidden ? "picture-link" : "picture";
    preview.append((image.hidden ? chip.querySelector("[data-name]") : image).cloneNode(true));
    return preview;
  }

  #pick() {
    this.#addFiles(this.input.files);
    this.input.value = "";
  }

  #addFiles(files) {
    for (const file of files) this.#addFile(file);
  }

  #addFile(file) {
    if (file.size > +this.dataset.maxBytes) this.#refuse(this.dataset.tooBig);
    else {
      const chip = this.#addChip(file.name);
      if (!chip) return;
      const image = chip.querySelector("img");
      image.src = URL.createObjectURL(file);
      image.hidden = false;
      this.#uploads.set(chip, { file });
      this.#upload(chip);
    }
  }

  #addChip(name) {
    if (this.chips.children.length >= +this.dataset.max) return this.#refuse(this.dataset.tooMany);
    const chip = this.querySelector("template[data-chip]").content.firstElementChild.cloneNode(true);
    chip.querySelector("[data-name]").textContent = name;
    this.chips.append(chip);
    return chip;
  }

  async #upload(chip) {
    const entry = this.#uploads.get(chip);
    const progress = chip.querySelector("progress");
    const fields = new FormData();
    fields.set("image", entry.file);
    chip.dataset.state = "uploading";
    progress.value = 0;
    entry.call = upload(this.dataset.url, fields, (share) => (progress.value = share));
    try {
      this.#ready(chip, await entry.call.answer);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      chip.dataset.state = "failed";
      chip.querySelector("[data-problem]").textContent = error.sentence || this.dataset.failed;
    }
    this.#changed();
  }

  #ready(chip, picture) {
    const [image, field] = [chip.querySelector("img"), chip.querySelector("input")];
    URL.revokeObjectURL(image.src);
    Object.assign(image, { src: picture.url, alt: picture.name });
    Object.assign(field, { value: picture.id, disabled: false });
    chip.dataset.state = "ready";
  }

  #link(event) {
    const field = event.target.elements.url;
    const chip = this.#addChip(field.value.replace(/^https:\/\//, ""));
    if (!chip) return;
    Object.assign(chip.querySelector("input"), { name: "link", value: field.value, disabled: false });
    chip.querySelector(".chip-icon").removeAttribute("hidden");
    chip.dataset.state = "ready";
    field.value = "";
  }

  #click(button) {
    const chip = button?.closest("[data-attachment]");
    if (!button) return;
    if (button.matches("[data-attach]")) this.input.click();
    if (button.matches("[data-attach-link]")) this.dialog.showModal();
    if (button.matches("[data-close]")) this.dialog.close();
    if (button.matches("[data-retry-upload]")) this.#upload(chip);
    if (button.matches("[data-remove]")) {
      this.#uploads.get(chip)?.call.abort();
      chip.remove();
      this.#changed();
    }
  }

  #paste(event) {
    if (!event.clipboardData?.files.length || this.dialog.open) return;
    event.preventDefault();
    this.#addFiles(event.clipboardData.files);
  }

  #drag(event) {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const leaves = event.type === "dragleave" && !event.relatedTarget;
    this.veil.hidden = event.type === "drop" || leaves;
    if (event.type === "drop") this.#addFiles(event.dataTransfer.files);
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("pictures:changed", { bubbles: true }));
  }

  #refuse(detail) {
    this.dispatchEvent(new CustomEvent("pictures:refused", { detail, bubbles: true }));
  }
}

customElements.define("picture-attacher", PictureAttacher);
