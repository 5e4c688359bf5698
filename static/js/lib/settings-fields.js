// The fields of the settings sheet: what follows from a choice, and what differs from the defaults.

import { Fields } from "./fields.js";
import { ToolSwitches } from "./tool-switches.js";

const ONLY_IN_SHEET = ["instructions", "temperature", "top_p", "max_tokens"];
const NAMES = ["model", "thinking", ...ONLY_IN_SHEET]; // the first two are beside the message box too
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

  /** The values that the server has. */
  get saved() {
    return this.#fields.saved;
  }

  set saved(values) {
    this.#fields.saved = values;
  }

  /** Shows values, and what follows from them. */
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

  /** Follows an edit of one field: the one that it replaces is emptied, and complaints about both end. */
  noteEdit({ name, value }) {
    const other = EITHER[name];
    this.show(other && value ? { [other]: "" } : {});
    this.#fields.showProblems({ [name]: "", ...(other && { [other]: "" }) });
  }

  reset() {
    this.show({ ...EMPTY, ...this.#switches.defaults, model: this.#root.querySelector("[name=model]").value });
    this.#fields.showProblems(EMPTY);
  }

  /** Takes over the settings that the server reports; what is being edited is left alone. */
  adopt({ tool_choices: choices, ...others }) {
    this.#fields.adopt({ ...others, ...(choices && this.#switches.valuesOf(choices)) });
    this.show({});
  }

  showProblems(problems) {
    return this.#fields.showProblems(problems);
  }

  /** Whether values differ from the defaults, of those settings that only the sheet shows. */
  areChanged(values) {
    return ONLY_IN_SHEET.some((name) => values[name]) || this.#switches.areChanged(values);
  }

  /** What is on stays on for the next model, and goes along with the message all the same. */
  #allowTools(can) {
    const tools = this.#root.querySelector("[data-tools]");
    if (!tools) return;
    tools.querySelector(".tool-switches").inert = !can;
    tools.querySelector("[data-cannot-call]").hidden = can;
  }
}
