// The diagnostics page: runs all checks at the same time, and shows each result as soon as it is there.

import "./socket-check.js";
import { CHECK_CHANGED, listen } from "../../lib/events.js";
import { getText, post } from "../../lib/http.js";

class DiagnosticsChecks extends HTMLElement {
  #isRunning = false;
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    listen(this, CHECK_CHANGED, () => this.#summarize(), signal);
    if (this.querySelector("[data-level=pending]")) this.#runOnce(() => this.#runAll());
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  async #submit(event) {
    if (event.target.closest("[data-check]")) return; // it leads to this page anew
    event.preventDefault();
    if (event.target.method === "post") await this.#runOnce(() => this.#sendTestEmail(event.target));
    else await this.#runOnce(() => this.#runAgain());
  }

  #runAgain() {
    for (const check of this.querySelectorAll("socket-check")) check.measure();
    return this.#runAll();
  }

  #runAll() {
    return Promise.all(Array.from(this.querySelectorAll("li[data-url]"), (row) => this.#run(row)));
  }

  /** Runs `work`, unless other work is running: then a press of a button does nothing. */
  async #runOnce(work) {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.setAttribute("aria-busy", "true");
    await work();
    this.removeAttribute("aria-busy");
    this.#isRunning = false;
  }

  async #run(row) {
    row.dataset.level = "pending";
    this.#summarize();
    const html = await getText(row.dataset.url).catch(() => null);
    if (html) row.outerHTML = html;
    else this.#markUnanswered(row);
    this.#summarize();
  }

  async #sendTestEmail(form) {
    const answer = await post(form.action, {}).catch(() => null);
    this.querySelector("[data-check=test-email]")?.remove();
    const html = await answer?.text();
    if (html) this.querySelector("ul").insertAdjacentHTML("beforeend", html);
    this.querySelector("[data-email-unanswered]").hidden = Boolean(html);
    this.#summarize();
  }

  #markUnanswered(row) {
    row.dataset.level = "red";
    row.querySelector("[data-found]").textContent = this.dataset.unanswered;
  }

  #summarize() {
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
