// Attaches files that are dropped or pasted anywhere on the page but in an editor, and covers the page while they are dragged.

import { FILES_ADDED, IMAGE_LINKED, dispatch } from "../../lib/events.js";
import { load } from "../../lib/load.js";
import { isDialogOpen } from "../../lib/page.js";
import { findImageLink } from "../../lib/pasted-links.js";
import { droppedImages, pastedImages } from "../../lib/transfers.js";

const FILE_TYPES = ["Files", "application/x-moz-file-promise"]; // the second: Firefox, an image of another page
const ADDRESS_TYPE = "text/uri-list"; // an image or a link; which of them shows only when it is dropped
const LONG = 8000; // characters of a text that may better be a file

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
    const types = event.dataTransfer?.types ?? [];
    const hasFiles = FILE_TYPES.some((type) => types.includes(type));
    if (!hasFiles && !types.includes(ADDRESS_TYPE)) return;
    if (event.type === "drop") {
      this.#drop(event, hasFiles);
      return;
    }
    event.preventDefault(); // or the browser would open the file or the address in place of the page
    if (!hasFiles || isDialogOpen()) return;
    this.veil.hidden = event.type === "dragleave" && !event.relatedTarget;
  }

  #drop(event, hasFiles) {
    this.veil.hidden = true;
    const images = isDialogOpen() || event.defaultPrevented ? { files: [], links: [] } : droppedImages(event.dataTransfer);
    // The address of a page goes into the text, as the browser does it.
    if (this.#attach(images) || hasFiles || !event.target.closest?.("textarea, input")) event.preventDefault();
  }

  #paste(event) {
    if (!event.clipboardData || isDialogOpen() || event.defaultPrevented) return;
    const images = pastedImages(event.clipboardData);
    if (images.links.length && event.target.closest?.("input")) return;
    if (this.#attach(images)) event.preventDefault();
    else if (event.target.matches?.("#message")) this.#offer(event.clipboardData.getData("text/plain"));
  }

  /** The address of an image and a long text stay as they were pasted, where they can't be offered as files. */
  async #offer(text) {
    const link = findImageLink(text);
    const tools = (link || text.length > LONG) && (await load("image-tools").catch(() => null));
    if (tools) tools.offer(link, text);
  }

  /** Returns whether there is anything to attach. */
  #attach({ files, links }) {
    if (files.length) dispatch(this, FILES_ADDED, { files });
    for (const link of links) dispatch(this, IMAGE_LINKED, { link });
    return files.length + links.length > 0;
  }
}

customElements.define("image-drop", ImageDrop);
