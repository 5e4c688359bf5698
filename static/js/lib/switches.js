/** The switches of tools among the fields of a form: how the house has them, and whether they stand
 *  otherwise. Their values are "on" and "off". */
export class Switches {
  #all;

  constructor(root) {
    this.#all = [...root.querySelectorAll("[data-usual]")];
  }

  get names() {
    return this.#all.map(({ name }) => name);
  }

  get usual() {
    return Object.fromEntries(this.#all.map(({ name, dataset }) => [name, dataset.usual]));
  }

  /** Values out of what the server tells: whether a tool is on, by the name after the colon. One that
   *  is not told stands as the house has it. */
  valuesOf(choices) {
    const told = Object.entries(choices).map(([key, isOn]) => [`tool:${key}`, isOn ? "on" : "off"]);
    const known = told.filter(([name]) => name in this.usual);
    return { ...this.usual, ...Object.fromEntries(known) };
  }

  areChanged(values) {
    return Object.entries(this.usual).some(([name, value]) => (values[name] ?? value) !== value);
  }
}
