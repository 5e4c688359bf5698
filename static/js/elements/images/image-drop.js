// Attaches files that are dropped or pasted anywhere on the page, and covers the page while they are dragged.

import { FILES_ADDED, dispatch } from "../../lib/events.js";
import { isDialogOpen } from "../../lib/page.js";

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

/** Part of the image attacher. */
class ImageDrop extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.veil = this.querySelector("[data-veil]");
    for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
      document.addEventListener(type, (event) => this.#drag(event), { signal });
    }
    document.addEventListener("paste", (event) => this.#paste(event), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #drag(event) {
    if (!carriesFiles(event)) return;
    event.preventDefault(); // or the browser would open the file in place of the page
    if (isDialogOpen()) return;
    const leaves = event.type === "dragleave" && !event.relatedTarget;
    if (leaves || event.type === "drop") this.veil.hidden = true;
    else if (event.type !== "dragleave") this.veil.hidden = false;
    if (event.type === "drop") this.#attach(event.dataTransfer.files);
  }

  /** Pastes files, unless there is text as well: office programs copy an image beside their text. */
  #paste(event) {
    const { files, types } = event.clipboardData ?? { files: [], types: [] };
    if (!files.length || types.includes("text/plain") || isDialogOpen()) return;
    event.preventDefault();
    this.#attach(files);
  }

  #attach(files) {
    dispatch(this, FILES_ADDED, { files: [...files] });
  }
}

customElements.define("image-drop", ImageDrop);
