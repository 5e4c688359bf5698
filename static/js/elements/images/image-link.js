// Images from the web: asks for their address in a dialog, or offers to attach an address that is pasted.

import { IMAGE_LINKED, dispatch } from "../../lib/events.js";

/** Part of the image attacher. */
class ImageLink extends HTMLElement {
  #offered = ""; // address of an image
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.dialog = this.querySelector("[data-link-dialog]");
    this.offered = this.querySelector("[data-offer]");
    const attacher = this.closest("image-attacher");
    this.field = attacher.querySelector("textarea");
    attacher.addEventListener("click", ({ target }) => target.closest("[data-attach-link]") && this.#open(), { signal });
    this.dialog.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("click", ({ target }) => this.#press(target.closest("button")), { signal });
    this.field.addEventListener("paste", () => this.#withdraw(), { signal });
    this.field.addEventListener("input", () => this.#withdrawIfGone(), { signal });
    this.field.form.addEventListener("submit", () => this.#withdraw(), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  /** The address was pasted as text; the offer below the box turns it into an image. */
  offer(link) {
    this.#offered = link;
    this.offered.hidden = !this.field.value.includes(link);
  }

  #open() {
    this.dialog.showModal();
  }

  #submit(event) {
    const field = event.target.elements.url;
    this.#attach(field.value.trim());
    field.value = "";
    // The dialog would give the focus back to the button that opened it.
    this.dialog.addEventListener("close", () => this.closest("image-attacher").querySelector("message-box").refocus(), {
      once: true,
    });
  }

  #press(button) {
    if (!button) return;
    if (button.matches("[data-close]")) this.dialog.close();
    if (button.matches("[data-accept]")) this.#accept();
    if (button.matches("[data-decline]")) this.#withdraw();
    if (button.matches("[data-accept], [data-decline]")) this.field.focus();
  }

  #withdrawIfGone() {
    if (this.#offered && !this.field.value.includes(this.#offered)) this.#withdraw();
  }

  #accept() {
    const link = this.#offered;
    const start = this.field.value.indexOf(link);
    this.field.focus();
    this.field.setSelectionRange(start, start + link.length);
    document.execCommand("delete"); // so that Undo brings it back
    this.#withdraw();
    this.#attach(link);
  }

  #withdraw() {
    this.#offered = "";
    this.offered.hidden = true;
  }

  #attach(link) {
    dispatch(this, IMAGE_LINKED, { link });
  }
}

customElements.define("image-link", ImageLink);
