// The list of saved prompts that "/" opens at the beginning of a message. What is chosen replaces what was typed.

import { HINT_CHANGED, REQUEST_FAILED, SESSION_EXPIRED, dispatch } from "../../lib/events.js";
import { RequestError, getJson, getText } from "../../lib/http.js";
import { parse } from "../../lib/morph.js";
import { Options } from "../../lib/options.js";
import { matching, typedName } from "../../lib/prompt-search.js";
import { askForValues } from "../../lib/prompt-values.js";

const FRESH = 30_000; // ms after which the list is fetched anew when it is used
const LONG = 50_000; // characters; browsers take seconds to type more
const COMPOSING = 229; // key code of keys that an input method takes
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/** Part of the composer. The box stays a textbox, because a combobox can't have several lines. */
class PromptPicker extends HTMLElement {
  #prompts = []; // an option for each, in the order of their names
  #fetchedAt = 0;
  #isDismissed = false; // by Escape, until the text is no name any more
  #isChoosing = false; // the text of a prompt is on its way
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    const composer = this.closest("message-composer");
    this.field = composer.querySelector("textarea");
    this.list = this.querySelector("[role=listbox]");
    this.spoken = this.querySelector("[role=status]");
    this.options = new Options(this.field, this.list);
    this.#keep(this.list);
    this.field.setAttribute("aria-autocomplete", "list");
    this.field.setAttribute("aria-controls", this.list.id);
    // Before the box itself, in which Enter sends.
    composer.addEventListener("keydown", (event) => this.#pressKey(event), { capture: true, signal });
    this.field.addEventListener("input", (event) => event.isComposing || this.#follow(), { signal });
    this.field.addEventListener("compositionend", () => this.#follow(), { signal });
    this.field.addEventListener("selectionchange", () => this.#closeIfLeft(), { signal });
    this.field.addEventListener("blur", () => this.#close(), { signal });
    this.list.addEventListener("pointerdown", (event) => event.preventDefault(), { signal }); // the box keeps the focus
    this.list.addEventListener("click", ({ target }) => this.#choose(target.closest("[role=option]")), { signal });
    if (this.field.matches(":focus")) this.#follow(); // a slash was typed before the script was there
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  get #isOpen() {
    return !this.list.hidden;
  }

  #keep(list) {
    this.#prompts = [...list.children];
    this.#fetchedAt = Date.now();
    list.replaceChildren();
  }

  #follow() {
    const name = typedName(this.field);
    this.#isDismissed &&= name !== null;
    if (name === null || this.#isDismissed) return this.#close();
    this.#show(name);
    if (Date.now() - this.#fetchedAt > FRESH) this.#refresh();
  }

  #show(name) {
    const found = matching(this.#prompts, name);
    if (!found.length) return this.#close();
    this.list.replaceChildren(...found);
    this.list.style.setProperty("--room", `${this.getBoundingClientRect().bottom}px`);
    this.list.hidden = false;
    this.options.update();
    this.options.activate(found[0]);
    const { one, many } = this.list.dataset;
    this.spoken.textContent = found.length === 1 ? one : many.replace("{count}", found.length);
  }

  #close() {
    if (!this.#isOpen) return;
    this.list.hidden = true;
    this.options.activate(null);
    this.spoken.textContent = "";
  }

  #closeIfLeft() {
    if (typedName(this.field) === null) this.#close();
  }

  /** Shows what other tabs have saved; without a connection the list stays as it was. */
  async #refresh() {
    this.#fetchedAt = Date.now();
    try {
      const [list] = parse(await getText(this.dataset.html));
      this.#keep(list);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return;
    }
    if (this.#isOpen) this.#follow();
  }

  #pressKey(event) {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    if (event.target !== this.field || event.isComposing || event.keyCode === COMPOSING || !isPlain) return;
    if (this.#isChoosing && event.key === "Enter") return stop(event);
    if (!this.#isOpen) return;
    if (event.key in STEPS) this.options.move(STEPS[event.key]);
    else if (event.key === "Enter" || event.key === "Tab") this.options.press();
    else if (event.key === "Escape") this.#dismiss();
    else return;
    stop(event);
  }

  #dismiss() {
    this.#isDismissed = true;
    this.#close();
  }

  async #choose(option) {
    if (!option) return;
    this.#dismiss();
    const typed = this.field.value;
    const end = this.field.selectionEnd;
    this.#isChoosing = true;
    try {
      const text = await this.#fill(option, await getJson(option.dataset.url));
      this.field.focus();
      if (text !== null && this.field.value === typed) this.#insert(text, end);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#report(error);
    } finally {
      this.#isChoosing = false;
    }
  }

  /** Returns the text with the values of its variables, which are asked for; null when the person cancels. */
  async #fill({ dataset }, { parts, variables }) {
    if (!variables.length) return parts.join("");
    const dialog = this.querySelector("template").content.firstElementChild.cloneNode(true);
    const values = await askForValues(dialog, `/${dataset.name}`, variables);
    return values && parts.map((part) => (typeof part === "number" ? values[part] : part)).join("");
  }

  /** Replaces what was typed as if the text was typed: the draft is saved, and Undo takes it back. */
  #insert(text, end) {
    this.field.setSelectionRange(0, end);
    if (text.length < LONG && document.execCommand(text ? "insertText" : "delete", false, text)) return;
    this.field.setRangeText(text, 0, end, "end");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #report(error) {
    if (error.status === 401) return dispatch(document, SESSION_EXPIRED);
    if (error.status !== 404) return dispatch(this, REQUEST_FAILED, error);
    dispatch(this, HINT_CHANGED, { sentence: this.list.dataset.gone });
    this.#refresh();
  }
}

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

customElements.define("prompt-picker", PromptPicker);
