// The small bar at a selection, a table or a formula, with what can be done with it.

import { isCode, selectedRange } from "../../lib/selection.js";

const SETTLED = 150; // ms without a change, after which a selection is complete
const GAP = 8; // px
const TOUCH = matchMedia("(pointer: coarse)");
const SINGLE = ".table-scroll, math, .math-scroll";

/** Part of the tools for reading. */
class ReadingBar extends HTMLElement {
  #target = null; // { kind, range or element }
  #origin = null; // what had the focus before the bar
  #done = null; // the selection that the bar was used for or closed at
  #isPressed = false; // the pointer
  #timer = 0;
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.tools = this.closest("reading-tools");
    this.list = this.closest("message-list");
    this.pane = this.list.querySelector("[role=log]");
    this.bar = this.querySelector("[popover]");
    const followPointer = ({ type }) => this.#press(type === "pointerdown");
    for (const type of ["pointerdown", "pointerup", "pointercancel"]) {
      document.addEventListener(type, followPointer, { capture: true, signal });
    }
    document.addEventListener("selectionchange", () => this.#settle(), { signal });
    document.addEventListener("keydown", (event) => this.#pressKey(event), { capture: true, signal });
    for (const type of ["pointerover", "focusin", "click"]) {
      this.list.addEventListener(type, (event) => this.#reach(event), { signal });
    }
    this.pane.addEventListener("scroll", () => this.#follow(), { passive: true, signal });
    // The selection and the focus stay where they are.
    this.bar.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
    this.bar.addEventListener("click", ({ target }) => this.#act(target.closest("button")), { signal });
    this.#settle();
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  get #isShown() {
    return this.bar.matches(":popover-open");
  }

  get #buttons() {
    return [...this.bar.querySelectorAll("button:not([hidden])")];
  }

  #press(isPressed) {
    this.#isPressed = isPressed;
    if (isPressed) this.#done = null;
    else this.#settle();
  }

  #settle() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#followSelection(), SETTLED);
  }

  #followSelection() {
    if (this.#isPressed) return;
    const range = selectedRange(this.list);
    if (range && this.#done && isSame(range, this.#done)) return;
    if (range) this.#show({ kind: "text", range, isCode: isCode(range) });
    else if (this.#target?.kind === "text") this.#hide();
  }

  /** A table shows the bar while the pointer is over it, a formula when it is clicked, both with the focus. */
  #reach({ type, target, pointerType }) {
    if (this.#target?.kind === "text" || this.bar.contains(target)) return;
    if (type === "pointerover" && (this.#isPressed || pointerType === "touch")) return;
    const element = target.closest(SINGLE);
    const kind = element?.matches(".table-scroll") ? "table" : "formula";
    if (element && (kind === "table" || type !== "pointerover")) this.#show({ kind, element });
    else if (this.#target && !this.#target.element.matches(":focus")) this.#hide();
  }

  #show(target) {
    this.#target = target;
    for (const button of this.bar.querySelectorAll("button")) button.hidden = button.dataset.for !== target.kind;
    if (!this.#isShown) this.bar.showPopover();
    this.#place();
  }

  #follow() {
    if (this.#target) this.#place();
    else this.#settle(); // the selection may have come back into view
  }

  #hide({ isDone = true } = {}) {
    if (this.bar.contains(document.activeElement)) this.#origin?.focus({ preventScroll: true });
    this.#done = (isDone && this.#target?.range?.cloneRange()) || null;
    this.#target = null;
    if (this.#isShown) this.bar.hidePopover();
  }

  /** Above its target, else below. At a selection on a touch screen it is at the end of the pane: the system has
   *  a menu of its own beside the selection. */
  #place() {
    if (!this.#target) return;
    const { kind, range, element } = this.#target;
    const rect = (range ?? element).getBoundingClientRect();
    const pane = this.pane.getBoundingClientRect();
    const { offsetHeight: height, offsetWidth: width } = this.bar;
    if (rect.bottom < pane.top || rect.top > pane.bottom) return this.#hide({ isDone: false });
    const isAtEnd = kind === "text" && TOUCH.matches;
    const gap = kind === "text" ? GAP : 0; // the pointer would leave a table on its way across a gap
    const lowest = pane.bottom - height - GAP;
    const above = rect.top - height - gap;
    const y = isAtEnd ? lowest : above > pane.top ? above : Math.min(Math.max(rect.bottom + gap, pane.top), lowest);
    const middle = (Math.max(rect.left, pane.left) + Math.min(rect.right, pane.right) - width) / 2;
    const x = kind === "table" ? Math.max(rect.left, this.#endOf(element, pane) - width) : middle;
    this.bar.style.translate = `${Math.min(Math.max(x, GAP), innerWidth - width - GAP)}px ${y}px`;
  }

  /** The end of a table, or of the part in the window; what scrolls it may be wider or narrower than it. */
  #endOf(element, pane) {
    const ends = [element, element.querySelector("table")].map((box) => box.getBoundingClientRect().right);
    return Math.min(...ends, pane.right);
  }

  async #act(button) {
    if (!button) return;
    const target = this.#target;
    this.#hide();
    await this.tools.act(button.dataset.bar, target);
  }

  /** Tab leads from the selection or the table into the bar and back, Esc closes it. */
  #pressKey(event) {
    if (!this.#isShown || event.ctrlKey || event.metaKey || event.altKey) return;
    const isInside = this.bar.contains(document.activeElement);
    const isReached = this.#target.kind === "text" || this.#target.element.matches(":focus");
    if (event.key === "Escape") {
      if (isInside || isReached) event.stopPropagation(); // or it would stop a reply, too
      this.#hide();
    } else if (event.key === "Tab" && isInside) {
      this.#leaveByTab(event);
    } else if (event.key === "Tab" && isReached && !event.shiftKey && !document.activeElement.matches("textarea")) {
      event.preventDefault();
      this.#origin = document.activeElement;
      this.#buttons[0].focus();
    }
  }

  #leaveByTab(event) {
    const index = this.#buttons.indexOf(document.activeElement) + (event.shiftKey ? -1 : 1);
    if (this.#buttons[index]) {
      event.preventDefault();
      this.#buttons[index].focus();
      return;
    }
    if (event.shiftKey) event.preventDefault();
    const { kind } = this.#target;
    this.#origin?.focus({ preventScroll: true });
    if (kind !== "text") this.#hide();
  }
}

function isSame(one, other) {
  const compare = (how) => one.compareBoundaryPoints(how, other);
  return !compare(Range.START_TO_START) && !compare(Range.END_TO_END);
}

customElements.define("reading-bar", ReadingBar);
