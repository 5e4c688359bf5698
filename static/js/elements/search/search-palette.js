// The search palette: results while somebody types, and what can be done on this page.

import { BOX_REQUESTED, dispatch } from "../../lib/events.js";
import { RequestError } from "../../lib/http.js";
import { parse } from "../../lib/morph.js";
import { LiveSearch } from "../../lib/live-search.js";
import { Options } from "../../lib/options.js";
import { isDialogOpen } from "../../lib/page.js";
import { canRun, fold, knownChats, knownProjects, runCommand } from "../../lib/palette-items.js";

const MOST = 4; // of the chats and of the projects that this page knows
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

class SearchPalette extends HTMLElement {
  #end = new AbortController();
  #hadFocus = false; // the page, when the palette was opened
  #opensFirst = false; // Enter was pressed before the results were there

  connectedCallback() {
    const { signal } = this.#end;
    const find = (name) => this.querySelector(`[data-${name}]`);
    this.dialog = this.querySelector("dialog");
    this.field = this.querySelector("[role=combobox]");
    [this.results, this.commands, this.examples] = ["results", "commands", "examples"].map(find);
    [this.chats, this.projects] = ["chats", "known-projects"].map(find);
    [this.error, this.spoken] = [find("error"), find("spoken")];
    this.options = new Options(this.field, this.querySelector("[role=listbox]"));
    this.search = new LiveSearch(this.dataset.url, {
      onFound: (html) => this.#showResults(html),
      onFailed: (error) => this.#showError(error),
      onBusy: (isBusy) => this.dialog.toggleAttribute("data-busy", isBusy),
    });
    document.addEventListener("click", (event) => this.#reach(event), { signal });
    this.field.addEventListener("input", () => this.#type(), { signal });
    this.dialog.addEventListener("keydown", (event) => this.#pressKey(event), { signal });
    this.dialog.addEventListener("click", (event) => this.#click(event), { signal });
    this.dialog.addEventListener("close", () => this.#leave(), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
    this.search.stop();
  }

  /** The button leads to the page of search in a new tab, and here opens the dialog or closes it. */
  #reach(event) {
    if (!event.target.closest?.("[data-search]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#toggle();
  }

  #toggle() {
    if (this.dialog.open) return this.dialog.close();
    if (isDialogOpen()) return;
    this.#hadFocus = document.activeElement !== document.body;
    this.dialog.showModal();
    this.field.select();
    this.#type();
  }

  /** The button that opened the palette may be in a drawer, which is closed by then. */
  #leave() {
    this.search.stop();
    const isLost = document.activeElement.matches("body, dialog:not([open]) *");
    if (this.#hadFocus && isLost) dispatch(document, BOX_REQUESTED, {});
  }

  /** What this page knows is shown at once; the server's results follow. */
  #type() {
    const text = this.field.value;
    const words = fold(text).split(/\s+/).filter(Boolean);
    this.#opensFirst = false;
    this.error.hidden = true;
    this.examples.hidden = words.length > 0;
    this.#showKnown(this.chats, knownChats(), words);
    this.#showKnown(this.projects, words.length ? knownProjects() : [], words);
    for (const command of this.commands.querySelectorAll("button")) {
      const label = ` ${fold(command.textContent)}`;
      const fits = words.length ? words.every((word) => label.includes(` ${word}`)) : !("typed" in command.dataset);
      command.hidden = !fits || !canRun(command.dataset);
    }
    this.commands.hidden = !this.commands.querySelector("button:not([hidden])");
    if (!words.length) this.results.replaceChildren();
    this.options.update();
    this.search.find(text);
  }

  #showKnown(section, items, words) {
    const found = items.filter(({ name }) => words.every((word) => name.includes(word)));
    const links = found.slice(0, MOST).map(({ href, title }) => {
      const link = this.querySelector("template").content.firstElementChild.cloneNode(true);
      link.href = href;
      link.querySelector("span").textContent = title;
      return link;
    });
    section.hidden = !links.length;
    section.querySelector("div").replaceChildren(...links);
  }

  #showResults(html) {
    this.results.replaceChildren(...parse(html));
    this.chats.hidden = true; // the results have them
    this.options.update();
    const count = this.results.querySelector(".search-count");
    this.spoken.textContent = count?.textContent ?? "";
    if (this.#opensFirst) this.options.press();
  }

  #showError({ status, sentence }) {
    if (status === 409) return; // a newer search is on its way
    const { offline, failed, signedOut } = this.error.dataset;
    this.error.textContent = status === 0 ? offline : status === 401 ? signedOut : sentence || failed;
    this.error.hidden = false;
  }

  #pressKey(event) {
    if (event.isComposing) return;
    const step = event.target === this.field && STEPS[event.key];
    if (step) {
      event.preventDefault();
      this.options.move(step);
    } else if (event.key === "Enter" && event.target === this.field) {
      event.preventDefault();
      const isWaiting = this.dialog.hasAttribute("data-busy") && this.commands.hidden && this.chats.hidden;
      if (isWaiting) this.#opensFirst = true;
      else this.options.press(event);
    }
  }

  #click(event) {
    const { target } = event;
    const option = target.closest("[role=option], [data-example]");
    if (target === this.dialog || target.closest("[data-close]")) return this.dialog.close();
    if (option?.matches("[data-older]")) return this.#showOlder(event, option);
    if (option?.matches("[data-example]")) return this.#try(event, option.textContent);
    if (option?.matches("[data-command]")) {
      this.dialog.close();
      runCommand(option.dataset);
    } else if (option && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      this.dialog.close();
    }
  }

  #try(event, text) {
    event.preventDefault();
    this.field.value = text;
    this.field.focus();
    this.#type();
  }

  async #showOlder(event, link) {
    event.preventDefault();
    this.options.move(-1);
    try {
      const html = await this.search.fetch(link.href, this.#end.signal);
      const nodes = parse(html).filter((node) => !node.matches(".search-count, .search-note"));
      if (!link.isConnected) return;
      const first = nodes[0]?.querySelector("a");
      link.replaceWith(...nodes);
      this.options.update();
      this.options.activate(first);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#showError(error);
    }
  }
}

customElements.define("search-palette", SearchPalette);
