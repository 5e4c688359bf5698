const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

/** A veil over the whole page while files are dragged over it; takes them wherever they are dropped. */
class ImageDrop extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    this.veil = this.querySelector("[data-veil]");
    for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
      document.addEventListener(type, (event) => this.#drag(event), { signal: this.#end.signal });
    }
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #drag(event) {
    if (!carriesFiles(event)) return;
    event.preventDefault(); // or the browser would open the file in place of the page
    if (document.querySelector("dialog[open]")) return;
    const leaves = event.type === "dragleave" && !event.relatedTarget;
    if (leaves || event.type === "drop") this.veil.hidden = true;
    else if (event.type !== "dragleave") this.veil.hidden = false;
    if (event.type === "drop") this.#give([...event.dataTransfer.files]);
  }

  #give(detail) {
    this.dispatchEvent(new CustomEvent("images:given", { detail, bubbles: true }));
  }
}

customElements.define("image-drop", ImageDrop);
