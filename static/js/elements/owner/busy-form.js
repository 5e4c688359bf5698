// A form whose answer takes a while: shows a status meanwhile, and is sent only once.

class BusyForm extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    // Back may show this page from the browser's memory, as it was left.
    window.addEventListener("pageshow", () => this.#show(false), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #submit(event) {
    if (this.hasAttribute("aria-busy")) event.preventDefault();
    else this.#show(true);
  }

  #show(isBusy) {
    this.toggleAttribute("aria-busy", isBusy);
    if (isBusy) this.setAttribute("aria-busy", "true");
    this.querySelector("[role=status]").textContent = isBusy ? this.dataset.status : "";
  }
}

customElements.define("busy-form", BusyForm);
