// The description of an image, for people who can't see it. The person who uploaded the image may edit it.

import { IMAGE_DESCRIBED, dispatch } from "../../lib/events.js";
import { RequestError, post } from "../../lib/http.js";
import { person } from "../../lib/page.js";

/** Part of the lightbox. */
class ImageDescription extends HTMLElement {
  #link = null; // on the page, of the image
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.text = this.querySelector("[data-text]");
    this.button = this.querySelector("[data-edit]");
    this.form = this.querySelector("form");
    this.problem = this.querySelector("[role=alert]");
    this.button.addEventListener("click", () => this.#edit(), { signal });
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
    this.button.hidden = link.dataset.owner !== person;
    this.#showForm(false);
  }

  cancel() {
    this.#showForm(false);
    this.button.focus();
  }

  #edit() {
    const { alt } = this.form.elements;
    this.#showForm(true);
    alt.value = this.text.textContent;
    alt.select();
  }

  #showForm(isShown) {
    this.form.hidden = !isShown;
    this.text.parentElement.hidden = isShown;
    this.problem.textContent = "";
  }

  async #save(event) {
    event.preventDefault();
    const link = this.#link;
    try {
      const answer = await post(`${link.pathname}alt`, new FormData(this.form));
      this.#report(link, (await answer.json()).alt);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.problem.textContent = error.sentence || this.dataset.failed;
    }
  }

  /** This page shows the description at once; other tabs get it over the socket. */
  #report(link, alt) {
    dispatch(this, IMAGE_DESCRIBED, { url: link.pathname, alt });
    if (link !== this.#link) return;
    this.text.textContent = alt;
    this.cancel();
  }
}

customElements.define("image-description", ImageDescription);
