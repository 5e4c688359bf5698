// The sidebar on a small screen: a popover that keeps the focus out of the page behind it.

import { coverMain } from "../../lib/page.js";

const WIDE = matchMedia("(min-width: 50rem) and (min-height: 30.01rem)");

class SideDrawer extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.panel = this.querySelector("[popover]");
    this.panel.addEventListener("toggle", ({ newState }) => this.#cover(newState === "open"), { signal });
    WIDE.addEventListener("change", () => this.panel.hidePopover(), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  /** The toggles of the menus inside don't bubble, so this is about the drawer itself. */
  #cover(isOpen) {
    coverMain(isOpen);
    if (isOpen) this.querySelector("[data-new-chat]").focus();
  }
}

customElements.define("side-drawer", SideDrawer);
