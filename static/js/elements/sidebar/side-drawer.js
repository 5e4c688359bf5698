// The sidebar: on a small screen a popover that keeps the focus out of the page behind it, else a column that folds.

import { coverMain } from "../../lib/page.js";

const YEAR = 365 * 24 * 60 * 60; // s
const WIDE = matchMedia("(min-width: 50rem) and (min-height: 30.01rem)");

class SideDrawer extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.panel = this.querySelector("[popover]");
    this.panel.addEventListener("toggle", ({ newState }) => this.#cover(newState === "open"), { signal });
    // At once, because "toggle" comes after a key that is pressed next, and that may want the focus in the page.
    this.panel.addEventListener("beforetoggle", ({ newState }) => newState === "closed" && coverMain(false), { signal });
    document.addEventListener("click", (event) => this.#fold(event), { signal });
    WIDE.addEventListener("change", () => this.panel.hidePopover(), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  /** On a wide screen the buttons of the drawer fold the column. The server reads the cookie. */
  #fold(event) {
    const button = event.target.closest("[popovertarget=sidebar]");
    if (!button || !WIDE.matches) return;
    event.preventDefault();
    const app = this.closest(".app");
    const isFolded = app.toggleAttribute("data-folded");
    document.cookie = `sidebar=${isFolded ? "folded" : ""}; path=/; max-age=${YEAR}; samesite=lax`;
    app.querySelector(isFolded ? ".drawer-button" : ".drawer-close").focus();
  }

  /** The toggles of the menus inside don't bubble, so this is about the drawer itself. */
  #cover(isOpen) {
    coverMain(isOpen);
    if (isOpen) this.querySelector("[data-new-chat]").focus();
  }
}

customElements.define("side-drawer", SideDrawer);
