// The settings of this conversation, in a sheet beside it. Each is saved when its field is left.

import "./settings-button.js";
import "../composer/model-controls.js";
import { keepChosen, readChosen } from "../../lib/chosen-settings.js";
import { shown } from "../../lib/conversation.js";
import { CONNECTION_OPENED, CONVERSATION_BEGUN, HINT_CHANGED, LIVE_CONVERSATION_CHANGED } from "../../lib/events.js";
import { MESSAGE_SENDING, MODEL_CHOSEN, SESSION_EXPIRED, SETTINGS_EDITED } from "../../lib/events.js";
import { SETTINGS_MARKED, SETTINGS_READY, STATUS_ANNOUNCED } from "../../lib/events.js";
import { dispatch, listen } from "../../lib/events.js";
import { coverMain } from "../../lib/page.js";
import { SettingsFields } from "../../lib/settings-fields.js";
import { SettingsSaver } from "../../lib/settings-saver.js";

const NARROW = matchMedia("(max-width: 49.99rem)"); // the sheet covers the page

class SettingsSheet extends HTMLElement {
  #fields = new SettingsFields(this);
  #sent; // values in the message that begins the conversation
  #replaced = null; // values before a reset, as long as it can be undone
  #saver;
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.panel = this.querySelector("[role=dialog]");
    this.form = this.querySelector("form");
    this.addEventListener("input", ({ target }) => this.#noteEdit(target), { signal });
    this.addEventListener("keydown", (event) => this.#saveByKey(event), { signal });
    this.#saver = new SettingsSaver(this.#fields, {
      defaultsUrl: this.panel.dataset.defaultsUrl,
      asDefault: this.querySelector("[name=as_default]"),
      onSaved: () => this.#noteSaved(),
      onFailed: (error) => this.#noteFailure(error),
    });
    this.addEventListener("change", ({ target }) => this.#saveField(target), { signal });
    this.form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.panel.addEventListener("toggle", ({ newState }) => newState === "closed" && this.#close(), { signal });
    addEventListener("pagehide", () => this.#saver.saveLast(), { signal });
    listen(document, CONNECTION_OPENED, () => this.#saver.save(), signal);
    const cover = ({ newState }) => coverMain(newState === "open" && NARROW.matches);
    this.panel.addEventListener("beforetoggle", cover, { signal });
    const composer = this.querySelector("[form]")?.form;
    composer?.addEventListener("formdata", () => (this.#sent = this.#fields.values), { signal });
    listen(document, MODEL_CHOSEN, (values) => this.#show(values), signal);
    listen(document, MESSAGE_SENDING, (_, event) => this.#isValid() || event.preventDefault(), signal);
    listen(document, CONVERSATION_BEGUN, ({ url }) => this.#begin(url), signal);
    listen(document, LIVE_CONVERSATION_CHANGED, (event) => this.#follow(event), signal);
    if (this.panel.popover) this.#fields.saved = this.#fields.values;
    this.#restore();
    if (shown.url && composer) this.#begin(shown.url); // meanwhile
    if (!this.panel.popover) this.#open(); // the answer to a form without scripts shows the sheet
    dispatch(this, SETTINGS_READY, { panel: this.panel });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  /** Shows what was chosen for a new chat before a reload. */
  #restore() {
    const chosen = readChosen();
    this.#show(chosen ? this.#fields.known(chosen) : {});
    if (chosen) this.#reportEdit();
  }

  #show(values) {
    this.#fields.show(values);
    this.#mark();
  }

  /** Model and thinking are also beside the message box; the dot is about the other settings. */
  #mark() {
    const isChanged = this.#fields.areChanged(shown.url ? this.#fields.saved : this.#fields.values);
    dispatch(this, SETTINGS_MARKED, { isChanged });
    if (!shown.url) keepChosen(this.#fields.edited);
  }

  #noteEdit(field) {
    this.#offerUndo(null);
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

  async #submit(event) {
    event.preventDefault();
    if (event.submitter?.matches("[data-reset]")) this.#reset();
    else if (this.#isValid() && (await this.#saver.save({ isLeaving: true }))) this.panel.hidePopover();
  }

  /** Saves a field as soon as it is left, and says what is wrong with it. */
  #saveField({ name }) {
    if (name === "as_default") return;
    const sentence = this.#fields.problems[name];
    if (sentence) this.#fields.showProblems({ [name]: sentence });
    this.#saver.save();
  }

  /** Saves however the sheet was closed. What can't be saved stays in its field, and the page says so. */
  #close() {
    const [sentence] = Object.values(this.#fields.problems).filter(Boolean);
    if (sentence && shown.url) dispatch(document, HINT_CHANGED, { sentence: `${this.panel.dataset.unsaved} ${sentence}` });
    this.#saver.save({ isLeaving: true });
  }

  /** Shows which fields aren't within their limits, and why; returns whether all are. */
  #isValid() {
    const { problems } = this.#fields;
    this.#showProblems(problems);
    return !Object.values(problems).some(Boolean);
  }

  /** Shows the defaults, or after a reset what they replaced. */
  #reset() {
    const { values } = this.#fields;
    if (this.#replaced) this.#fields.show(this.#replaced);
    else this.#fields.reset();
    this.#offerUndo(this.#replaced ? null : values);
    this.#showProblems({});
    this.#mark();
    this.#reportEdit();
    this.#saver.save();
  }

  #offerUndo(replaced) {
    const button = this.querySelector("[data-reset]");
    this.#replaced = replaced;
    button.textContent = replaced ? button.dataset.undo : button.dataset.label;
  }

  #noteSaved() {
    this.#showFailure("");
    this.#show({});
    this.#showState(this.panel.dataset.saved);
    dispatch(this, STATUS_ANNOUNCED, { sentence: this.panel.dataset.saved });
  }

  #noteFailure(error) {
    const sentence = error.sentence || this.panel.dataset.offline;
    if (error.status === 401) dispatch(document, SESSION_EXPIRED);
    this.#showProblems(error.fields, sentence);
    if (!this.panel.matches(":popover-open")) dispatch(document, HINT_CHANGED, { sentence });
  }

  /** Shows problems at their fields, or else a failure below the fields. */
  #showProblems(problems, failure = "") {
    const wrong = this.#fields.showProblems(problems);
    this.#showFailure(wrong ? "" : failure);
    if (!wrong) return;
    this.#open();
    const more = wrong.closest("details");
    if (more) more.open = true;
    wrong.focus();
  }

  #showFailure(sentence) {
    const line = this.querySelector("[data-failure]");
    line.textContent = sentence;
    line.hidden = !sentence;
  }

  #showState(sentence) {
    this.querySelector("[data-state]").textContent = sentence;
  }

  #open() {
    this.panel.popover = "auto";
    if (!this.panel.matches(":popover-open")) this.panel.showPopover();
  }

  /** Follows the page into its new conversation. Its first message has saved the settings, except later edits. */
  #begin(url) {
    for (const field of this.querySelectorAll("[form]")) field.removeAttribute("form");
    this.form.action = `${url}settings`;
    this.#fields.saved = this.#sent ?? this.#fields.values;
    this.#showState("");
    this.#saver.save();
  }

  #follow({ conversation, settings }) {
    if (conversation !== shown.id || !shown.url) return;
    this.#fields.adopt(settings);
    this.#mark();
  }
}

customElements.define("settings-sheet", SettingsSheet);
