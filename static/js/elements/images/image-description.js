import { RequestError, post } from "../../lib/http.js";

/** The text for those who don't see an image; whoever uploaded it may change it. */
class ImageDescription extends HTMLElement {
  #link = null; // on the page, of the image
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.text = this.querySelector("[data-text]");
    this.button = this.querySelector("[data-edit]");
    this.form = this.querySelector("form");
    this.problem = this.querySelector("[role=alert]");
    this.button.addEventListener("click", () => this.#edit(true), { signal });
    this.form.addEventListener("submit", (event) => this.#save(event), { signal });
    this.querySelector("[data-cancel]").addEventListener("click", () => this.cancel(), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  get isEditing() {
    return !this.form.hidden;
  }

  show(link) {
    this.#link = link;
    this.text.textContent = link.querySelector("img").alt;
    this.button.hidden = link.dataset.owner !== this.dataset.person;
    this.#edit(false);
  }

  cancel() {
    this.#edit(false);
    this.button.focus();
  }

  #edit(on) {
    const { alt } = this.form.elements;
    this.form.hidden = !on;
    this.text.parentElement.hidden = on;
    this.problem.textContent = "";
    if (!on) return;
    alt.value = this.text.textContent;
    alt.select();
  }

  async #save(event) {
    event.preventDefault();
    const link = this.#link;
    try {
      const answer = await post(`${link.pathname}alt`, new FormData(this.form));
      const { alt } = await answer.json();
      this.#spread(link, alt);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.problem.textContent = error.sentence || this.dataset.failed;
    }
  }

  /** Here at once; other tabs hear it from the socket. */
  #spread(link, alt) {
    for (const image of document.querySelectorAll(`a[data-part=image][href="${link.pathname}"] img`)) image.alt = alt;
    this.dispatchEvent(new CustomEvent("image:described", { detail: alt, bubbles: true }));
    if (link !== this.#link) return;
    this.text.textContent = alt;
    this.cancel();
  }
}

customElements.define("image-description", ImageDescription);
