/** Shows a picture of the conversation large. */
class PictureLightbox extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.dialog = this.querySelector("dialog");
    this.image = this.querySelector("img");
    document.addEventListener("click", (event) => this.#click(event), { signal });
    this.dialog.addEventListener("click", () => this.dialog.close(), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #click(event) {
    const link = event.target.closest("a.picture");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.image.src = link.href;
    this.image.alt = link.querySelector("img").alt;
    this.dialog.showModal();
  }
}

customElements.define("picture-lightbox", PictureLightbox);
