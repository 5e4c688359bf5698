// Shows the images of the conversation large, one at a time.

import { IMAGE } from "../../lib/page.js";
import "./image-description.js";
import "./zoom-pane.js";
import { IMAGE_DESCRIBED, ZOOM_SWIPED, ZOOM_TAPPED, listen } from "../../lib/events.js";

const STEP = 1.5; // times, for each press of + or −
const ARROWS = { ArrowLeft: -1, ArrowRight: 1 };
const ZOOMS = { "+": STEP, "=": STEP, "-": 1 / STEP };

class ImageLightbox extends HTMLElement {
  #link = null; // on the page, of the image that is shown
  #log = null; // the messages around it
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.dialog = this.querySelector("dialog");
    this.pane = this.querySelector("zoom-pane");
    this.image = this.pane.querySelector("img");
    this.description = this.querySelector("image-description");
    // The thumbnail would stay visible behind a transparent image.
    this.image.addEventListener("load", () => this.image.style.removeProperty("--small"), { signal });
    document.addEventListener("click", (event) => this.#open(event), { signal });
    this.dialog.addEventListener("keydown", (event) => this.#pressKey(event), { signal });
    this.dialog.addEventListener("click", ({ target }) => this.#press(target.closest("button")), { signal });
    this.dialog.addEventListener("cancel", (event) => this.#cancelEdit(event), { signal });
    this.dialog.addEventListener("close", () => this.#leave(), { signal });
    listen(this.pane, ZOOM_TAPPED, () => this.dialog.close(), signal);
    listen(this.pane, ZOOM_SWIPED, ({ step }) => this.#move(step), signal);
    listen(this, IMAGE_DESCRIBED, ({ alt }) => (this.image.alt = alt), signal);
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #open(event) {
    const link = event.target.closest(IMAGE);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#log = link.closest("[role=log]");
    this.#show(link);
    this.dialog.showModal();
  }

  #show(link) {
    const small = link.querySelector("img");
    this.#link = link;
    this.pane.reset();
    this.image.removeAttribute("src"); // or the last image would stay until this one has loaded
    for (const name of ["width", "height", "alt"]) this.image.setAttribute(name, small.getAttribute(name));
    this.image.style.setProperty("--small", `url("${small.currentSrc}")`);
    this.image.src = link.href;
    this.description.show(link);
    this.querySelector("[data-download]").href = `${link.pathname}?download`;
    this.#showPlace();
  }

  /** Shows the position among the images, and disables the buttons at either end. */
  #showPlace() {
    const links = this.#links;
    const place = links.indexOf(this.#link);
    this.querySelector("[data-place]").textContent = links.length > 1 ? `${place + 1} / ${links.length}` : "";
    this.querySelector("[data-previous]").disabled = place <= 0;
    this.querySelector("[data-next]").disabled = place === links.length - 1;
    this.toggleAttribute("data-single", links.length === 1);
  }

  get #links() {
    return [...this.#log.querySelectorAll(IMAGE)];
  }

  #move(step) {
    const links = this.#links;
    const link = links[links.indexOf(this.#link) + step];
    if (link) this.#show(link);
  }

  #pressKey(event) {
    if (event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) this.#move(ARROWS[event.key]);
    else if (event.key in ZOOMS) this.pane.zoomBy(ZOOMS[event.key]);
    else if (event.key === "0") this.pane.reset();
    else return;
    event.preventDefault();
  }

  #press(button) {
    if (button?.matches("[data-previous]")) this.#move(-1);
    if (button?.matches("[data-next]")) this.#move(1);
    if (button?.dataset.zoom) this.pane.zoomBy(button.dataset.zoom === "in" ? STEP : 1 / STEP);
  }

  /** Esc closes the field for the description first, and only then the lightbox. */
  #cancelEdit(event) {
    if (!this.description.isEditing) return;
    event.preventDefault();
    this.description.cancel();
  }

  /** Focuses the image on the page that was shown last. */
  #leave() {
    this.image.removeAttribute("src");
    if (this.#link.isConnected) this.#link.focus({ focusVisible: false });
  }
}

customElements.define("image-lightbox", ImageLightbox);
