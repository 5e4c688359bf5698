// Reads and writes the fields of a form by name, and compares them with the values that the server has.

import { isLonger } from "./length.js";

const CHECKED = ["radio", "checkbox"];

/** A group of radio buttons counts as one field. So does a checkbox with the hidden field before it, which
 *  has the value for a checkbox that is off. */
export class Fields {
  #root;
  #names;
  #pairs; // name -> name of the field that excludes it

  constructor(root, names, pairs) {
    this.#root = root;
    this.#names = names;
    this.#pairs = pairs;
    this.saved = {}; // name -> value that the server has
  }

  get values() {
    return Object.fromEntries(this.#names.map((name) => [name, this.read(name)]));
  }

  /** The values that differ from the server's. */
  get edited() {
    return Object.fromEntries(Object.entries(this.values).filter(([name]) => this.#isEdited(name)));
  }

  read(name) {
    return this.#findAll(name).findLast((field) => !CHECKED.includes(field.type) || field.checked)?.value ?? "";
  }

  write(values) {
    for (const [name, value] of Object.entries(values)) {
      for (const field of this.#findAll(name)) {
        if (CHECKED.includes(field.type)) field.checked = field.value === value;
        else if (field.type !== "hidden") field.value = value;
      }
    }
  }

  /** Takes over values from the server; what is being edited is left alone. */
  adopt(values) {
    for (const [name, value] of Object.entries(values)) {
      const text = String(value ?? "");
      if (!this.#isEdited(name)) this.write({ [name]: text });
      this.saved[name] = text;
    }
  }

  /** The sentence about each limited field, by name: "" while it is within its limits. */
  get problems() {
    const limited = [...this.#root.querySelectorAll("[data-sentence]")];
    return Object.fromEntries(limited.map((field) => [field.name, findProblem(field)]));
  }

  /** Shows a sentence at each field, or removes it for ""; returns the first field with a sentence. */
  showProblems(problems) {
    for (const [name, sentence] of Object.entries(problems)) {
      const line = this.#root.querySelector(`[data-problem="${name}"]`);
      if (!line) continue;
      line.textContent = sentence;
      line.hidden = !sentence;
      for (const field of this.#findAll(name)) field.ariaInvalid = sentence ? "true" : null;
    }
    return this.#root.querySelector("[aria-invalid]");
  }

  #isEdited(name) {
    const together = [name, this.#pairs[name]].filter(Boolean);
    return together.some((each) => this.read(each) !== this.saved[each]);
  }

  #findAll(name) {
    return [...this.#root.querySelectorAll(`[name="${name}"]`)];
  }
}

function findProblem(field) {
  const { max, sentence } = field.dataset;
  return (max && isLonger(field.value, max)) || !field.validity.valid ? sentence : "";
}
