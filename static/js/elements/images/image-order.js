// Puts images into another order: by buttons, by keys and by dragging.

import { IMAGES_CHANGED, STATUS_ANNOUNCED, dispatch } from "../../lib/events.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

/** Part of the image attacher. */
class ImageOrder extends HTMLElement {
  #end;
  #dragged = null; // chip

  connectedCallback() {
    const { signal } = (this.#end = new AbortController());
    this.chips = this.querySelector("[data-chips]");
    const observer = new MutationObserver(() => this.#mark());
    observer.observe(this.chips, { childList: true });
    signal.addEventListener("abort", () => observer.disconnect());
    this.addEventListener("click", ({ target }) => this.#press(target.closest("[data-move]")), { signal });
    this.addEventListener("keydown", (event) => this.#moveByKey(event), { signal });
    for (const type of ["dragstart", "dragover", "drop", "dragend"]) {
      this.addEventListener(type, (event) => this.#drag(event), { signal });
    }
    this.#mark();
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  /** Gives each chip its buttons. One that leads nowhere stays, because it may have the focus. */
  #mark() {
    for (const chip of this.chips.children) {
      chip.draggable = true;
      if (!chip.querySelector("[data-move]")) chip.append(this.#createButton(-1), this.#createButton(1));
      const [earlier, later] = chip.querySelectorAll("[data-move]");
      earlier.ariaDisabled = !chip.previousElementSibling;
      later.ariaDisabled = !chip.nextElementSibling;
    }
  }

  #createButton(step) {
    const label = step < 0 ? this.dataset.earlier : this.dataset.later;
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS(icon.namespaceURI, "use");
    use.setAttribute("href", step < 0 ? "#icon-previous" : "#icon-next");
    icon.append(use);
    const button = Object.assign(document.createElement("button"), { type: "button", title: label, ariaLabel: label });
    button.dataset.move = step;
    button.append(icon);
    return button;
  }

  #press(button) {
    if (button) this.#move(button.closest("[data-attachment]"), +button.dataset.move);
  }

  #moveByKey(event) {
    const chip = event.target.closest("[data-attachment]");
    const right = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    if (!chip || !(event.key in STEPS)) return;
    event.preventDefault();
    this.#move(chip, STEPS[event.key] * right);
  }

  /** Moves the neighbour instead: the chip keeps the focus. */
  #move(chip, step) {
    const neighbour = step < 0 ? chip.previousElementSibling : chip.nextElementSibling;
    if (!neighbour) return;
    if (step < 0) chip.after(neighbour);
    else chip.before(neighbour);
    this.#report(chip);
  }

  #drag(event) {
    const { type, target, dataTransfer } = event;
    const chip = target.closest?.("[data-attachment]");
    if (type === "dragstart" && chip) {
      this.#dragged = chip;
      dataTransfer.effectAllowed = "move";
      dataTransfer.setData("text/x-image-order", ""); // Firefox drags nothing without data
    }
    if (!this.#dragged) return;
    if (type === "dragend") this.#report(this.#dragged);
    if (type === "dragend") this.#dragged = null;
    if (type !== "dragover" && type !== "drop") return;
    event.preventDefault();
    if (type === "dragover" && chip && chip !== this.#dragged) this.#insertAt(chip, event.clientX);
  }

  /** Beyond the middle of a chip only, or one that is wide would jump to and fro. */
  #insertAt(chip, x) {
    const all = [...this.chips.children];
    const isLater = all.indexOf(this.#dragged) < all.indexOf(chip);
    const { left, width } = chip.getBoundingClientRect();
    const beyond = (x - left - width / 2) * (getComputedStyle(this).direction === "rtl" ? -1 : 1);
    if (isLater && beyond >= 0) chip.after(this.#dragged);
    if (!isLater && beyond <= 0) chip.before(this.#dragged);
  }

  #report(chip) {
    const all = [...this.chips.children];
    const values = { "{place}": all.indexOf(chip) + 1, "{count}": all.length };
    dispatch(this, IMAGES_CHANGED);
    const sentence = this.dataset.place.replace(/{place}|{count}/g, (name) => values[name]);
    dispatch(document, STATUS_ANNOUNCED, { sentence });
  }
}

customElements.define("image-order", ImageOrder);
