// What attaches images beyond choosing files: their links, and smaller copies of large files.

import "./image-link.js";
import { shrinkImage } from "../../lib/shrink.js";

/** Part of the image attacher. */
class ImageTools extends HTMLElement {
  /** Returns a smaller copy of a large image. */
  shrink(file) {
    return shrinkImage(file);
  }

  /** Offers to attach the image whose address was pasted into the message box. */
  offer(link) {
    this.querySelector("image-link").offer(link);
  }
}

customElements.define("image-tools", ImageTools);
