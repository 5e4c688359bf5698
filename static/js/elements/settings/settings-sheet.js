// The settings of this conversation, in a sheet beside it. Edits stay until they are saved.

import "./settings-button.js";
import { shown } from "../../lib/conversation.js";
import { CONVERSATION_BEGUN, LIVE_CONVERSATION_CHANGED, MESSAGE_SENDING, MODEL_CHOSEN } from "../../lib/events.js";
import { SESSION_EXPIRED, SETTINGS_EDITED, SETTINGS_MARKED, STATUS_ANNOUNCED } from "../../lib/events.js";
import { dispatch, listen } from "../../lib/events.js";
import { RequestError, post } from "../../lib/http.js";
import { coverMain } from "../../lib/page.js";
import { SettingsFields } from "../../lib/settings-fields.js";

const NARROW = matchMedia("(max-width: 49.99rem)"); // the sheet covers the page

class SettingsSheet extends HTMLElement {
  #fields = new SettingsFields(this);
  #sent = {}; // values in the message that begins the conversation
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.panel = this.querySelector("[role=dialog]");
    this.form = this.querySelector("form");
    this.addEventListener("input", ({ target }) => this.#noteEdit(target), { signal });
    this.addEventListener("keydown", (event) => this.#saveByKey(event), { signal });
    this.form.addEventListener("submit", (event) => this.#submit(event), { signal });
    const cover = ({ newState }) => coverMain(newState === "open" && NARROW.matches);
    this.panel.addEventListener("beforetoggle", cover, { signal });
    const composer = this.querySelector("[form]")?.form;
    composer?.addEventListener("formdata", () => (this.#sent = this.#fields.values), { signal });
    listen(document, MODEL_CHOSEN, (values) => this.#show(values), signal);
    listen(document, MESSAGE_SENDING, (_, event) => this.#isValid() || event.preventDefault(), signal);
    listen(document, CONVERSATION_BEGUN, ({ url }) => this.#begin(url), signal);
    listen(document, LIVE_CONVERSATION_CHANGED, (event) => this.#follow(event), signal);
    if (this.panel.popover) this.#fields.saved = this.#fields.values;
    this.#show({});
    if (!this.panel.popover) this.#open(); // the answer to a form without scripts shows the sheet
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #show(values) {
    this.#fields.show(values);
    this.#mark();
  }

  /** Model and thinking are also beside the message box; the dot is about the other settings. */
  #mark() {
    const isChanged = this.#fields.areChanged(shown.url ? this.#fields.saved : this.#fields.values);
    dispatch(this, SETTINGS_MARKED, { isChanged });
  }

  #noteEdit(field) {
    this.#fields.noteEdit(field);
    this.#mark();
    this.#reportEdit();
  }

  /** In a new chat the controls beside the message box are sent, so they follow the sheet. */
  #reportEdit() {
    if (!shown.url) dispatch(this, SETTINGS_EDITED, this.#fields.values);
  }

  /** In a new chat some fields belong to the composer's form: Enter must not send the message. */
  #saveByKey(event) {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    this.form.requestSubmit(this.querySelector("[data-save]"));
  }

  #submit(event) {
    event.preventDefault();
    if (event.submitter?.matches("[data-reset]")) this.#reset();
    else if (this.#isValid()) this.#save();
  }

  /** Shows which fields aren't within their limits, and why; returns whether all are. */
  #isValid() {
    const { problems } = this.#fields;
    this.#showProblems(problems);
    return !Object.values(problems).some(Boolean);
  }

  #reset() {
    this.#fields.reset();
    this.#showProblems({});
    this.#mark();
    this.#reportEdit();
  }

  async #save() {
    const asDefault = this.querySelector("[name=as_default]");
    const { url } = shown;
    const target = url ? `${url}settings` : this.dataset.defaultsUrl;
    // Fields that weren't edited here may have changed in another tab meanwhile.
    const values = url ? this.#fields.edited : this.#fields.values;
    try {
      if (asDefault.checked) await post(target, { ...values, as_default: "on" });
      else if (url && Object.keys(values).length) await post(target, values);
      Object.assign(this.#fields.saved, values);
      this.#show({});
      asDefault.checked = false;
      this.panel.hidePopover();
      dispatch(this, STATUS_ANNOUNCED, { sentence: this.dataset.saved });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.status === 401) dispatch(document, SESSION_EXPIRED);
      this.#showProblems(error.fields, error.sentence || this.dataset.offline);
    }
  }

  /** Shows problems at their fields, or else a failure below the fields. */
  #showProblems(problems, failure = "") {
    const wrong = this.#fields.showProblems(problems);
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

  /** Follows the page into its new conversation: values that were sent are saved, later edits are not. */
  #begin(url) {
    for (const field of this.querySelectorAll("[form]")) field.removeAttribute("form");
    this.form.action = `${url}settings`;
    this.#fields.saved = this.#sent;
  }

  #follow({ conversation, settings }) {
    if (conversation !== shown.id || !shown.url) return;
    this.#fields.adopt(settings);
    this.#mark();
  }
}

customElements.define("settings-sheet", SettingsSheet);
