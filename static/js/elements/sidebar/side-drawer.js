const WIDE = matchMedia("(min-width: 50rem)");

/** The sidebar on a small screen: a popover that, while open, keeps the focus out of the page behind. */
class SideDrawer extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.panel = this.querySelector("[popover]");
    this.panel.addEventListener("toggle", (event) => this.#toggled(event), { signal });
    WIDE.addEventListener("change", () => this.panel.hidePopover(), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #toggled(event) {
    // The toggles of the menus inside don't bubble, so this is the drawer's own.
    const open = event.newState === "open";
    document.querySelector("#main").inert = open;
    if (open) this.querySelector("[data-new-chat]").focus();
  }
}

customElements.define("side-drawer", SideDrawer);
