import { getText, post } from "../../lib/http.js";

/** The lines of the doctor: each is asked for by itself, all side by side, and fills in when known. */
class DiagnosticsChecks extends HTMLElement {
  #running = false;
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("check-changed", () => this.#sumUp(), { signal });
    if (this.querySelector("[data-level=pending]")) this.#alone(() => this.#askAll());
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  async #submit(event) {
    event.preventDefault();
    if (event.target.method === "post") await this.#alone(() => this.#sendMail(event.target));
    else await this.#alone(() => this.#askAgain());
  }

  #askAgain() {
    for (const check of this.querySelectorAll("socket-check")) check.measure();
    return this.#askAll();
  }

  #askAll() {
    return Promise.all(Array.from(this.querySelectorAll("li[data-url]"), (line) => this.#ask(line)));
  }

  /** One thing at a time: a second press of a button while something runs does nothing. */
  async #alone(work) {
    if (this.#running) return;
    this.#running = true;
    this.setAttribute("aria-busy", "true");
    await work();
    this.removeAttribute("aria-busy");
    this.#running = false;
  }

  async #ask(line) {
    line.dataset.level = "pending";
    this.#sumUp();
    const html = await getText(line.dataset.url).catch(() => null);
    if (html) line.outerHTML = html;
    else this.#lost(line);
    this.#sumUp();
  }

  async #sendMail(form) {
    const answer = await post(form.action, {}).catch(() => null);
    this.querySelector("[data-check=test-mail]")?.remove();
    const html = await answer?.text();
    if (html) this.querySelector("ul").insertAdjacentHTML("beforeend", html);
    this.querySelector("[data-mail-lost]").hidden = Boolean(html);
    this.#sumUp();
  }

  #lost(line) {
    line.dataset.level = "red";
    line.querySelector("[data-found]").textContent = this.dataset.saysLost;
  }

  #sumUp() {
    const count = (level) => this.querySelectorAll(`li[data-level=${level}]`).length;
    const [pending, red, yellow] = ["pending", "red", "yellow"].map(count);
    const shown = { pending, red: !pending && red, yellow: !pending && yellow, fine: !(pending || red || yellow) };
    for (const part of this.querySelectorAll("[data-when]")) {
      const number = part.querySelector("b");
      part.hidden = !shown[part.dataset.when];
      if (number) number.textContent = shown[part.dataset.when] || 0;
    }
  }
}

customElements.define("diagnostics-checks", DiagnosticsChecks);
