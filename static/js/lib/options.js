// The options of a combobox: one of them is active, and the keys move through them while the field keeps the focus.

export class Options {
  #active = null;
  #number = 0;

  constructor(field, list) {
    Object.assign(this, { field, list });
    list.addEventListener("pointermove", ({ target }) => this.activate(target.closest("[role=option]"), false));
  }

  get active() {
    return this.#active?.isConnected ? this.#active : null;
  }

  get all() {
    return [...this.list.querySelectorAll("[role=option]")].filter((option) => option.checkVisibility());
  }

  /** Makes options of the links and buttons that were added, and the first one active unless one is. */
  update() {
    for (const option of this.list.querySelectorAll(":is(a, button):not([role=option])")) {
      option.id ||= `option-${(this.#number += 1)}`;
      option.setAttribute("role", "option");
      option.tabIndex = -1;
    }
    for (const each of this.list.querySelectorAll("h2, li, p, ul")) each.setAttribute("role", "presentation");
    for (const each of this.list.querySelectorAll("section")) each.setAttribute("role", "group");
    const { all, active } = this;
    // A textbox has none.
    if (this.field.hasAttribute("aria-expanded")) this.field.setAttribute("aria-expanded", all.length > 0);
    this.activate(all.includes(active) ? active : all[0], false);
  }

  activate(option, scrolls = true) {
    if (option === undefined || option === null) this.field.removeAttribute("aria-activedescendant");
    if (!option && this.list.querySelector("[role=option]")?.checkVisibility()) return;
    this.#active?.setAttribute("aria-selected", "false");
    this.#active = option ?? null;
    if (!option) return;
    option.setAttribute("aria-selected", "true");
    this.field.setAttribute("aria-activedescendant", option.id);
    if (scrolls) option.scrollIntoView({ block: "nearest" });
  }

  /** Presses the active option, with the keys that make the browser open a new tab. */
  press({ ctrlKey = false, metaKey = false, shiftKey = false } = {}) {
    const keys = { ctrlKey, metaKey, shiftKey, bubbles: true, cancelable: true };
    this.active?.dispatchEvent(new MouseEvent("click", keys));
  }

  /** Moves by `step`, round at the ends. */
  move(step) {
    const { all, active } = this;
    if (all.length) this.activate(all.at((all.indexOf(active) + step + all.length) % all.length));
  }
}
