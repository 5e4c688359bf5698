import { Fields } from "../../lib/fields.js";
import { RequestError, post } from "../../lib/http.js";
import { Switches } from "../../lib/switches.js";

const ONLY_HERE = ["instructions", "temperature", "top_p", "max_tokens"];
const NAMES = ["model", "thinking", ...ONLY_HERE]; // the first two stand beside the message box too
const EITHER = { temperature: "top_p", top_p: "temperature" };
const EMPTY = Object.fromEntries(NAMES.map((name) => [name, ""]));
const NARROW = matchMedia("(max-width: 49.99rem)"); // the sheet covers the page

/** How the model is asked in this conversation. What is typed stays until it is saved. */
class SettingsSheet extends HTMLElement {
  #switches = new Switches(this);
  #fields = new Fields(this, [...NAMES, ...this.#switches.names], EITHER);
  #sent = {}; // values, with the message that begins the conversation
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    const listen = (target, type, handle) => target.addEventListener(type, handle, { signal });
    this.panel = this.querySelector("[role=dialog]");
    this.form = this.querySelector("form");
    this.list = document.querySelector("message-list");
    this.quick = document.querySelector("model-controls");
    this.button = document.querySelector("[data-settings-button]");
    listen(this, "input", ({ target }) => this.#edit(target));
    listen(this, "keydown", (event) => this.#key(event));
    listen(this.form, "submit", (event) => this.#submit(event));
    listen(this.panel, "beforetoggle", ({ newState }) => this.#cover(newState === "open"));
    listen(document, "settings:quick", ({ detail }) => this.#show(detail));
    listen(document, "conversation:begun", ({ detail }) => this.#begin(detail.url));
    listen(document, "live:conversation.changed", ({ detail }) => this.#follow(detail));
    const composer = this.querySelector("[form]")?.form;
    if (composer) listen(composer, "formdata", () => (this.#sent = this.#fields.values));
    if (this.panel.popover) this.#fields.known = this.#fields.values;
    this.#show({});
    if (!this.panel.popover) this.#open(); // an answer to a page without scripts came with the sheet
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  /** Tells whether all fields are within their limits; if not, shows which one is not, and why. */
  check() {
    const { problems } = this.#fields;
    this.#complain(problems);
    return !Object.values(problems).some(Boolean);
  }

  /** Shows values, and what follows from them. */
  #show(values) {
    this.#fields.write(values);
    const model = this.querySelector("[name=model]:checked");
    const cannot = model?.hasAttribute("data-cannot-think") ?? false;
    if (cannot) this.#fields.write({ thinking: "" });
    this.querySelector("[data-thinking]").disabled = cannot;
    this.querySelector("[data-cannot]").hidden = !cannot;
    this.#allowTools(!model?.hasAttribute("data-without-tools"));
    if (model) {
      this.querySelector("[name=max_tokens]").max = model.dataset.max;
      this.querySelector("[data-limit]").textContent = model.dataset.most;
    }
    // Of the others only a dot tells.
    const set = this.list.dataset.url ? this.#fields.known : this.#fields.values;
    const isChanged = ONLY_HERE.some((name) => set[name]) || this.#switches.areChanged(set);
    const { title, titleChanged } = this.button.dataset;
    this.button.toggleAttribute("data-changed", isChanged);
    this.button.title = isChanged ? titleChanged : title;
  }

  /** What is on stays on for the next model, and goes along with the message all the same. */
  #allowTools(can) {
    const tools = this.querySelector("[data-tools]");
    if (!tools) return;
    tools.querySelector(".tool-switches").inert = !can;
    tools.querySelector("[data-cannot-call]").hidden = can;
  }

  #edit({ name, value }) {
    const other = EITHER[name];
    this.#show(other && value ? { [other]: "" } : {});
    this.#fields.complain({ [name]: "", ...(other && { [other]: "" }) });
    this.#tellQuick();
  }

  /** In a new chat the quick controls are what is sent. */
  #tellQuick() {
    if (!this.list.dataset.url) this.quick.show(this.#fields.values);
  }

  /** In a new chat some fields belong to the composer's form: Enter must not send the message. */
  #key(event) {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    this.form.requestSubmit(this.querySelector("[data-save]"));
  }

  #submit(event) {
    event.preventDefault();
    if (event.submitter?.matches("[data-reset]")) this.#reset();
    else if (this.check()) this.#save();
  }

  #reset() {
    this.#show({ ...EMPTY, ...this.#switches.usual, model: this.querySelector("[name=model]").value });
    this.#complain(EMPTY);
    this.#tellQuick();
  }

  async #save() {
    const asDefault = this.querySelector("[name=as_default]");
    const { url } = this.list.dataset;
    // Fields that stayed as they were may have changed in another tab meanwhile.
    const values = url ? this.#fields.edited : this.#fields.values;
    try {
      if (asDefault.checked) await post(this.#target, { ...values, as_default: "on" });
      else if (url && Object.keys(values).length) await post(this.#target, values);
      Object.assign(this.#fields.known, values);
      this.#show({});
      asDefault.checked = false;
      this.panel.hidePopover();
      this.list.say(this.dataset.saved);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.status === 401) document.dispatchEvent(new Event("signed-out"));
      this.#complain(error.fields, error.sentence || this.dataset.offline);
    }
  }

  get #target() {
    const { url } = this.list.dataset;
    return url ? `${url}settings` : this.dataset.defaultsUrl;
  }

  /** Says what is wrong at the fields, or below them when it is none of theirs. */
  #complain(problems, failure = "") {
    const wrong = this.#fields.complain(problems);
    const line = this.querySelector("[data-failure]");
    line.textContent = wrong ? "" : failure;
    line.hidden = !line.textContent;
    if (wrong) this.#open();
    wrong?.focus();
  }

  #open() {
    this.panel.popover = "auto";
    if (!this.panel.matches(":popover-open")) this.panel.showPopover();
  }

  /** The page became a conversation's: what was sent is saved, what was typed since is not. */
  #begin(url) {
    for (const field of this.querySelectorAll("[form]")) field.removeAttribute("form");
    this.form.action = `${url}settings`;
    this.#fields.known = this.#sent;
  }

  #follow({ conversation, settings }) {
    if (conversation !== this.list.dataset.conversation || !this.list.dataset.url) return;
    const { tool_choices: choices, ...others } = settings;
    this.#fields.follow({ ...others, ...(choices && this.#switches.valuesOf(choices)) });
    this.#show({});
  }

  #cover(isOpen) {
    document.querySelector("#main").inert = isOpen && NARROW.matches;
  }
}

customElements.define("settings-sheet", SettingsSheet);
