import { imageLink } from "../../lib/image-link.js";

/** Images from the web: asked for in a dialog, or offered when what is pasted is an image's address. */
class ImageLink extends HTMLElement {
  #link = ""; // that is offered
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.dialog = this.querySelector("[data-link-dialog]");
    this.offer = this.querySelector("[data-offer]");
    this.field = this.closest("image-attacher").querySelector("textarea");
    this.dialog.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("click", ({ target }) => this.#click(target.closest("button")), { signal });
    this.field.addEventListener("paste", (event) => this.#paste(event), { signal });
    this.field.addEventListener("input", () => this.#check(), { signal });
    this.field.form.addEventListener("submit", () => this.#close(), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  open() {
    this.dialog.showModal();
  }

  #submit(event) {
    const field = event.target.elements.url;
    this.#give(field.value.trim());
    field.value = "";
  }

  #click(button) {
    if (!button) return;
    if (button.matches("[data-close]")) this.dialog.close();
    if (button.matches("[data-accept]")) this.#accept();
    if (button.matches("[data-decline]")) this.#close();
    if (button.matches("[data-accept], [data-decline]")) this.field.focus();
  }

  /** The text goes into the box as any other; whoever likes makes an image of it. */
  #paste(event) {
    this.#link = imageLink(event.clipboardData.getData("text/plain"));
    this.offer.hidden = !this.#link;
  }

  #check() {
    if (this.#link && !this.field.value.includes(this.#link)) this.#close();
  }

  #accept() {
    const link = this.#link;
    this.field.value = this.field.value.replace(link, "").trim();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.#close();
    this.#give(link);
  }

  #close() {
    this.#link = "";
    this.offer.hidden = true;
  }

  #give(detail) {
    this.dispatchEvent(new CustomEvent("images:linked", { detail, bubbles: true }));
  }
}

customElements.define("image-link", ImageLink);
