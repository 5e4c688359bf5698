// An image that is enlarged by wheel, pinch and double tap, and moved by dragging.

import { ZOOM_SWIPED, ZOOM_TAPPED, dispatch } from "../../lib/events.js";
import { Zoom } from "../../lib/zoom.js";

const WHEEL = 0.0025; // change of the scale for each px of the wheel
const PINCH = 10; // times as much for a pinch on a trackpad, which is a wheel event with Ctrl
const CLOSER = 2.5; // times, by a double tap
const DOUBLE = 300; // ms between two taps
const SLIP = 8; // px that a tap may move
const SWIPE = 50; // px

/** Part of the lightbox. Reports a tap beside the image, and a swipe while the image isn't enlarged. */
class ZoomPane extends HTMLElement {
  #zoom = null;
  #pointers = new Map(); // id -> { x, y }
  #gesture = null; // { x, y, alone, outside }: where the first finger began
  #tapped = -Infinity; // ms, time of the last tap

  connectedCallback() {
    this.image = this.querySelector("img");
    this.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.addEventListener("pointerdown", (event) => this.#down(event));
    this.addEventListener("pointermove", (event) => this.#move(event));
    this.addEventListener("pointerup", (event) => this.#up(event));
    this.addEventListener("pointercancel", (event) => this.#forget(event));
  }

  get isZoomed() {
    return this.#zoom?.scale > 1;
  }

  reset() {
    this.#zoom = null;
    this.#paint();
  }

  zoomBy(factor, at) {
    this.#measured.scaleBy(factor, at);
    this.#paint();
  }

  /** Measures the sizes when zooming begins: turning a phone may have changed them. */
  get #measured() {
    if (this.isZoomed) return this.#zoom;
    const { clientWidth: width, clientHeight: height } = this;
    const image = { width: this.image.offsetWidth, height: this.image.offsetHeight };
    return (this.#zoom = new Zoom({ width, height }, image));
  }

  #wheel(event) {
    event.preventDefault();
    this.zoomBy(Math.exp(-event.deltaY * WHEEL * (event.ctrlKey ? PINCH : 1)), this.#fromMiddle(event));
  }

  #down(event) {
    if (event.button) return;
    event.preventDefault(); // or the browser would drag the image
    this.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, at(event));
    const alone = this.#pointers.size === 1;
    this.#gesture = alone ? { ...at(event), alone, outside: event.target !== this.image } : { ...this.#gesture, alone };
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) this.#pinch(before, at(event), other);
    else if (this.isZoomed) this.#zoom.move(event.clientX - before.x, event.clientY - before.y);
    this.#pointers.set(event.pointerId, at(event));
    this.#paint();
  }

  #pinch(before, now, other) {
    this.zoomBy(distance(now, other) / Math.max(1, distance(before, other)), this.#fromMiddle(middle(now, other)));
    this.#zoom.move((now.x - before.x) / 2, (now.y - before.y) / 2);
  }

  #up(event) {
    if (!this.#pointers.has(event.pointerId)) return;
    this.#forget(event);
    const { x, y, alone, outside } = this.#gesture;
    const [right, down] = [event.clientX - x, event.clientY - y];
    if (this.#pointers.size || !alone) return;
    if (Math.hypot(right, down) <= SLIP) this.#tap(event, outside);
    else if (!this.isZoomed && Math.abs(right) > Math.max(SWIPE, 2 * Math.abs(down))) dispatch(this, ZOOM_SWIPED, { step: -Math.sign(right) });
  }

  #tap(event, outside) {
    const again = event.timeStamp - this.#tapped < DOUBLE;
    this.#tapped = again ? -Infinity : event.timeStamp;
    if (outside) dispatch(this, ZOOM_TAPPED);
    else if (again) this.#toggle(event);
  }

  #toggle(event) {
    if (this.isZoomed) this.reset();
    else this.zoomBy(CLOSER, this.#fromMiddle(event));
  }

  #forget(event) {
    this.#pointers.delete(event.pointerId);
  }

  #fromMiddle({ clientX, clientY, x = clientX, y = clientY }) {
    const box = this.getBoundingClientRect();
    return { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 };
  }

  #paint() {
    const { scale, x, y } = this.#zoom ?? { scale: 1, x: 0, y: 0 };
    this.image.style.transform = scale > 1 ? `translate(${x}px, ${y}px) scale(${scale})` : "";
    this.toggleAttribute("data-zoomed", scale > 1);
  }
}

const at = ({ clientX, clientY }) => ({ x: clientX, y: clientY });
const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

customElements.define("zoom-pane", ZoomPane);
