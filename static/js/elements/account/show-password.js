// A password field with a button that shows what was typed.

class ShowPassword extends HTMLElement {
  #end = new AbortController();
  #show = ""; // the button's text while the password is hidden

  connectedCallback() {
    const { signal } = this.#end;
    this.#show = this.#button.textContent;
    this.#button.hidden = false;
    // The cursor, and a phone's keyboard, stay in the field.
    this.#button.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
    this.#button.addEventListener("click", () => this.#set(this.#input.type === "password"), { signal });
    // Browsers remember what is sent from a field of text.
    this.#input.form.addEventListener("submit", () => this.#set(false), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  get #input() {
    return this.querySelector("input");
  }

  get #button() {
    return this.querySelector("button");
  }

  #set(isShown) {
    this.#input.type = isShown ? "text" : "password";
    this.#button.textContent = isShown ? this.#button.dataset.hide : this.#show;
  }
}

customElements.define("show-password", ShowPassword);
