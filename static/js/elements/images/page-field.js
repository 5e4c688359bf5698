// The field in which a person writes which pages of a document go to the model, such as "1-80, 95".

import { oneAtATime } from "../../lib/one-at-a-time.js";

const PAUSE = 250; // ms after the last key
const OURS = ["Enter", "Escape", "ArrowLeft", "ArrowRight"]; // keys that also send, stop a reply and move a file
let count = 0;

export class PageField {
  #pages; // the document-pages element
  #button;
  #onClosed;
  #first = ""; // the text when it was opened
  #checked = null; // { text, facts } of the last check
  #check = oneAtATime(() => this.#showSize());
  #timer = 0;
  #source; // what the chip sent when it was opened

  /** `group` is the field with its buttons, not on the page yet. */
  constructor(pages, chip, group, onClosed) {
    this.#pages = pages;
    this.chip = chip;
    this.#source = chip.field.value;
    this.group = group;
    this.#onClosed = onClosed;
    this.input = group.querySelector("input");
    this.size = group.querySelector("[data-size]");
  }

  open(button, { label, pages }) {
    this.#button = button;
    this.group.querySelector("[data-label]").textContent = label;
    this.input.value = this.#first = pages;
    this.#describe();
    this.group.addEventListener("keydown", (event) => this.#press(event));
    this.group.addEventListener("click", ({ target }) => this.#click(target.closest("button")));
    this.input.addEventListener("input", () => this.#plan());
    this.chip.draggable = false; // or its text couldn't be selected with the mouse
    this.chip.append(this.group);
    button.hidden = true;
    this.input.select();
    this.#showAll();
  }

  close() {
    clearTimeout(this.#timer);
    const hadFocus = this.group.contains(document.activeElement);
    this.#onClosed();
    this.group.remove();
    this.chip.draggable = Boolean(this.chip.closest("image-order"));
    this.#button.hidden = false;
    if (hadFocus) this.#button.focus();
  }

  /** Once more with the size: a chat that is at its end stays there when an editor in it grows. */
  async #showAll() {
    this.group.scrollIntoView({ block: "nearest" });
    await this.#check();
    this.group.scrollIntoView({ block: "nearest" });
  }

  get #text() {
    return this.input.value.trim();
  }

  /** A screen reader reads the help and the size with the field. */
  #describe() {
    const lines = [this.group.querySelector(".field-help"), this.size];
    for (const line of lines) line.id = `page-choice-${++count}`;
    this.input.setAttribute("aria-describedby", lines.map(({ id }) => id).join(" "));
  }

  #plan() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), PAUSE);
  }

  async #showSize() {
    const text = this.#text;
    const facts = await this.#pages.check(this.chip, text);
    this.#checked = { text, facts };
    const isProblem = !facts || facts.is_problem;
    // Who sends the message without a press on the button means what they wrote.
    const isChoice = !isProblem && text !== this.#first;
    if (this.group.isConnected) this.chip.field.value = isChoice ? facts.source : this.#source;
    const money = isProblem ? "" : this.#pages.attacher.querySelector("attachment-cost")?.moneyOf(facts.tokens);
    this.size.textContent = [facts?.summary ?? this.#pages.dataset.failed, money].filter(Boolean).join(", ");
    this.group.toggleAttribute("data-problem", isProblem);
    this.input.setAttribute("aria-invalid", isProblem);
  }

  #press(event) {
    if (event.isComposing || !OURS.includes(event.key)) return;
    event.stopPropagation();
    if (event.key === "Escape") this.#finish(this.#source);
    if (event.key !== "Enter" || event.target !== this.input) return;
    event.preventDefault(); // it would send the message
    this.#use();
  }

  #click(button) {
    if (!button) return;
    if (button.matches("[data-all]")) this.input.value = "";
    if (button.matches("[data-cancel]")) this.#finish(this.#source);
    else this.#use();
  }

  /** What was opened and not changed is no choice. */
  async #use() {
    clearTimeout(this.#timer);
    if (this.#text === this.#first) {
      this.#finish(this.#source);
      return;
    }
    await this.#check();
    const { text, facts } = this.#checked;
    if (!this.group.isConnected) return;
    if (!facts || facts.is_problem || text !== this.#text) this.input.focus();
    else this.#finish(facts.source);
  }

  #finish(source) {
    this.close();
    this.#pages.choose(this.chip, source, this.#source);
  }
}
