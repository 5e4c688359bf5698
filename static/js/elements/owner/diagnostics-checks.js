// The checks of the diagnostics page: asks for each by itself, all side by side, and shows it when known.

import "./socket-check.js";
import { CHECK_CHANGED, listen } from "../../lib/events.js";
import { getText, post } from "../../lib/http.js";

class DiagnosticsChecks extends HTMLElement {
  #isRunning = false;
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    listen(this, CHECK_CHANGED, () => this.#sumUp(), signal);
    if (this.querySelector("[data-level=pending]")) this.#runAlone(() => this.#askAll());
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  async #submit(event) {
    event.preventDefault();
    if (event.target.method === "post") await this.#runAlone(() => this.#sendTestEmail(event.target));
    else await this.#runAlone(() => this.#askAgain());
  }

  #askAgain() {
    for (const check of this.querySelectorAll("socket-check")) check.measure();
    return this.#askAll();
  }

  #askAll() {
    return Promise.all(Array.from(this.querySelectorAll("li[data-url]"), (row) => this.#ask(row)));
  }

  /** One thing at a time: a second press of a button while something runs does nothing. */
  async #runAlone(work) {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.setAttribute("aria-busy", "true");
    await work();
    this.removeAttribute("aria-busy");
    this.#isRunning = false;
  }

  async #ask(row) {
    row.dataset.level = "pending";
    this.#sumUp();
    const html = await getText(row.dataset.url).catch(() => null);
    if (html) row.outerHTML = html;
    else this.#markLost(row);
    this.#sumUp();
  }

  async #sendTestEmail(form) {
    const answer = await post(form.action, {}).catch(() => null);
    this.querySelector("[data-check=test-mail]")?.remove();
    const html = await answer?.text();
    if (html) this.querySelector("ul").insertAdjacentHTML("beforeend", html);
    this.querySelector("[data-mail-lost]").hidden = Boolean(html);
    this.#sumUp();
  }

  #markLost(row) {
    row.dataset.level = "red";
    row.querySelector("[data-found]").textContent = this.dataset.saysLost;
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
