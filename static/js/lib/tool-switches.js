// The tool switches among the fields of a form: their defaults, and whether values differ from those.

/** The value of a switch is "on" or "off". */
export class ToolSwitches {
  #switches;

  constructor(root) {
    this.#switches = [...root.querySelectorAll("[data-usual]")];
  }

  get names() {
    return this.#switches.map(({ name }) => name);
  }

  get defaults() {
    return Object.fromEntries(this.#switches.map(({ name, dataset }) => [name, dataset.usual]));
  }

  /** Returns values for the choices that the server reports: whether a tool is on, by the name after the
   *  colon. A tool that is not among them has its default. */
  valuesOf(choices) {
    const reported = Object.entries(choices).map(([key, isOn]) => [`tool:${key}`, isOn ? "on" : "off"]);
    const known = reported.filter(([name]) => name in this.defaults);
    return { ...this.defaults, ...Object.fromEntries(known) };
  }

  areChanged(values) {
    return Object.entries(this.defaults).some(([name, value]) => (values[name] ?? value) !== value);
  }
}
