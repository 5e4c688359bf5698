// A form that is sent with a passkey. Without support for passkeys it stays hidden, with its explanation.

import { canUsePasskeys, makePasskey, usePasskey } from "../../lib/passkeys.js";

const KNOWN = "passkey"; // key in the storage of all tabs: somebody has used one in this browser

class PasskeyForm extends HTMLElement {
  #end = new AbortController();
  #hasAnswer = false; // the form is sent with one
  #quiet = new AbortController(); // the offer among what the browser fills in

  connectedCallback() {
    const { signal } = this.#end;
    const isPossible = canUsePasskeys();
    this.querySelector("form").hidden = !isPossible;
    for (const note of this.querySelectorAll("[data-impossible]")) note.hidden = isPossible;
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    if (isPossible && this.#offersQuietly) this.#offer();
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#quiet.abort();
  }

  /** The sign-in page asks the server only where a passkey is likely: each question is stored. */
  get #offersQuietly() {
    return this.dataset.url && localStorage.getItem(KNOWN) && PublicKeyCredential.isConditionalMediationAvailable;
  }

  async #offer() {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable())) return;
    const options = { isQuiet: true, signal: this.#quiet.signal };
    await this.#run(async () => usePasskey(await this.#ask(), options), () => {});
  }

  #submit(event) {
    if (this.#hasAnswer) return;
    event.preventDefault();
    this.#quiet.abort(); // browsers ask one question at a time
    const work = this.dataset.kind === "make" ? makePasskey : usePasskey;
    this.#run(async () => work(await this.#ask()), (error) => this.#show(error));
  }

  async #run(work, onError) {
    this.#show(null);
    try {
      const answer = await work();
      const form = this.querySelector("form");
      form.elements.credential.value = JSON.stringify(answer);
      localStorage.setItem(KNOWN, "1");
      this.#hasAnswer = true;
      form.requestSubmit();
      this.#hasAnswer = false; // Back may show the page from the browser's memory
    } catch (error) {
      // The person's own "no" is an error like the browser's refusals.
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      onError(error);
    }
  }

  async #ask() {
    if (this.dataset.options) return JSON.parse(this.dataset.options);
    const response = await fetch(this.dataset.url, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new TypeError("No answer");
    return (await response.json()).request_options;
  }

  #show(error) {
    const line = this.querySelector("[role=alert]");
    line.hidden = !error;
    if (error) line.textContent = error.name === "InvalidStateError" ? line.dataset.again : line.dataset.failed;
  }
}

customElements.define("passkey-form", PasskeyForm);
