// The fields of the settings sheet: how a choice changes the others, and which differ from their defaults.

import { ONLY_IN_SHEET } from "./chosen-settings.js";
import { Fields } from "./fields.js";
import { ToolSwitches } from "./tool-switches.js";

const NAMES = ["model", "thinking", ...ONLY_IN_SHEET]; // the first two are also beside the message box
const EITHER = { temperature: "top_p", top_p: "temperature" };
const EMPTY = Object.fromEntries(NAMES.map((name) => [name, ""]));

export class SettingsFields {
  #root;
  #fields;
  #switches;

  constructor(root) {
    this.#root = root;
    this.#switches = new ToolSwitches(root);
    this.#fields = new Fields(root, [...NAMES, ...this.#switches.names], EITHER);
  }

  get values() {
    return this.#fields.values;
  }

  get edited() {
    return this.#fields.edited;
  }

  get problems() {
    return this.#fields.problems;
  }

  /** Returns those of the values that are within their limits. */
  valid(values) {
    const { problems } = this;
    return Object.fromEntries(Object.entries(values).filter(([name]) => !problems[name]));
  }

  /** The values that the server has. */
  get saved() {
    return this.#fields.saved;
  }

  set saved(values) {
    this.#fields.saved = values;
  }

  /** Shows values, and adapts the fields that depend on them. */
  show(values) {
    this.#fields.write(values);
    const model = this.#root.querySelector("[name=model]:checked");
    const cannot = model?.hasAttribute("data-cannot-think") ?? false;
    if (cannot) this.#fields.write({ thinking: "" });
    this.#root.querySelector("[data-thinking]").disabled = cannot;
    this.#root.querySelector("[data-cannot]").hidden = !cannot;
    this.#allowTools(!model?.hasAttribute("data-without-tools"));
    if (!model) return;
    this.#root.querySelector("[name=max_tokens]").max = model.dataset.max;
    this.#root.querySelector("[data-limit]").textContent = model.dataset.most;
  }

  /** Follows an edit of a field: empties the field that it excludes, and removes the problems of both. */
  noteEdit({ name, value }) {
    const other = EITHER[name];
    this.show(other && value ? { [other]: "" } : {});
    this.#fields.showProblems({ [name]: "", ...(other && { [other]: "" }) });
  }

  /** Returns those of the values that can be chosen here: a model may be gone meanwhile. */
  known(values) {
    const isKnown = (model) => this.#root.querySelector(`[name=model][value="${CSS.escape(model)}"]`);
    const { model, ...others } = values;
    return model && isKnown(model) ? values : others;
  }

  reset() {
    this.show({ ...EMPTY, ...this.#switches.defaults, model: this.#root.querySelector("[name=model]").value });
    this.#fields.showProblems(EMPTY);
  }

  /** Takes over the settings that the server reports, except for fields that are being edited. */
  adopt({ tool_choices: choices, ...others }) {
    this.#fields.adopt({ ...others, ...(choices && this.#switches.valuesOf(choices)) });
    this.show({});
  }

  showProblems(problems) {
    return this.#fields.showProblems(problems);
  }

  /** Whether a setting that only the sheet shows differs from its default. */
  areChanged(values) {
    return ONLY_IN_SHEET.some((name) => values[name]) || this.#switches.areChanged(values);
  }

  /** Disables the switches for a model without tools. They keep their values, which are still sent. */
  #allowTools(can) {
    const tools = this.#root.querySelector("[data-tools]");
    if (!tools) return;
    tools.querySelector(".tool-switches").inert = !can;
    tools.querySelector("[data-cannot-call]").hidden = can;
  }
}
