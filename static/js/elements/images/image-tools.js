// What attaches images beyond choosing files: their links, and smaller copies of large files.

import "./image-link.js";
import "./pasted-text.js";
import { shrinkImage } from "../../lib/shrink.js";

/** Part of the image attacher. */
class ImageTools extends HTMLElement {
  /** Returns a smaller copy of a large image. */
  shrink(file) {
    return shrinkImage(file);
  }

  /** Offers to attach what was pasted into the message box: the image with this address, or the long text. */
  offer(link, text) {
    if (link) this.querySelector("image-link").offer(link);
    else this.querySelector("pasted-text").offer(text);
  }
}

customElements.define("image-tools", ImageTools);
