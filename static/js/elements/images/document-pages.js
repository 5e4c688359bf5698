// Which pages of a document go to the model: says so at each document that is attached, and lets the person choose.

import { shown } from "../../lib/conversation.js";
import { IMAGES_CHANGED, dispatch, listen } from "../../lib/events.js";
import { RequestError, getJson } from "../../lib/http.js";
import { oneAtATime } from "../../lib/one-at-a-time.js";
import { PageField } from "./page-field.js";

/** Part of the image attacher. */
class DocumentPages extends HTMLElement {
  #facts = new WeakMap(); // chip -> what the server says of its document
  #field = null; // the one that is open
  #refresh = oneAtATime(() => this.#showAll());
  #observer = new MutationObserver(() => this.#follow());
  #end;

  connectedCallback() {
    const { signal } = (this.#end = new AbortController());
    this.attacher = this.closest("image-attacher");
    this.chips = this.attacher.querySelector("[data-chips]");
    this.#observer.observe(this.chips, { childList: true });
    listen(this.attacher, IMAGES_CHANGED, () => this.#refresh(), signal);
    this.chips.addEventListener("click", ({ target }) => this.#press(target.closest("[data-choose-pages]")), { signal });
    this.#follow();
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#observer.disconnect();
  }

  /** Returns what would go along if the person chose these pages of a document; null if they can't be checked. */
  async check(chip, text) {
    const name = nameOf(chip, text);
    const documents = await this.#fetch((each) => (each === chip ? name : each.field.value));
    return documents?.find((each) => each.name === name) ?? null;
  }

  /** `before` is what was chosen until now; a draft may have been saved meanwhile. */
  choose(chip, source, before) {
    const isChanged = [before, chip.field.value].some((each) => each !== source);
    chip.field.value = source;
    if (isChanged) dispatch(chip, IMAGES_CHANGED);
  }

  /** Other tabs may take away the document whose field is open, and so does sending the message. */
  #follow() {
    for (const stale of this.chips.querySelectorAll("[data-page-choice]")) {
      if (stale !== this.#field?.group) stale.remove(); // the tab's own copy of a draft had it
    }
    if (this.#field && !this.#field.chip.isConnected) {
      this.#field.close();
      const isLost = document.activeElement === document.body && this.chips.children.length;
      if (isLost) this.attacher.querySelector("textarea").focus();
    }
    this.#refresh();
  }

  get #documents() {
    return [...this.chips.querySelectorAll("[data-kind=document][data-state=ready]")];
  }

  async #showAll() {
    const chips = this.#documents;
    const documents = chips.length && (await this.#fetch((chip) => chip.field.value));
    if (!documents) return; // each still says what goes along if it is alone
    for (const chip of chips) {
      const facts = documents.find(({ name }) => name === chip.field.value);
      if (facts) this.#show(chip, facts);
    }
  }

  #show(chip, facts) {
    this.#facts.set(chip, facts);
    const { may_choose: mayChoose, is_cut: isCut, label, note, tokens, html } = facts;
    if (chip.note.textContent !== note) chip.note.textContent = note; // a screen reader reads it again
    chip.dataset.tokens = tokens;
    chip.querySelector("[data-sent]").innerHTML = html;
    if (!mayChoose) return;
    if (!buttonOf(chip)) chip.querySelector(".chip-text").append(this.#copy("button"));
    buttonOf(chip).textContent = label;
    buttonOf(chip).hidden = this.#field?.chip === chip;
    buttonOf(chip).classList.toggle("quiet", !isCut);
  }

  async #press(button) {
    if (!button) return;
    const chip = button.closest("[data-attachment]");
    if (!this.#facts.has(chip)) await this.#refresh();
    const facts = this.#facts.get(chip);
    if (!facts || !chip.isConnected) return;
    this.#field?.close();
    this.#field = new PageField(this, chip, this.#copy("div"), () => (this.#field = null));
    this.#field.open(buttonOf(chip), facts);
  }

  /** `nameIn` returns the name of a chip's document with the pages to look at. */
  async #fetch(nameIn) {
    const query = new URLSearchParams(this.#documents.map((chip) => ["document", nameIn(chip)]));
    const project = this.attacher.querySelector("[name=project]")?.value;
    if (shown.url) query.set("conversation", shown.id);
    else if (project) query.set("project", project);
    if (this.dataset.message) query.set("message", this.dataset.message);
    try {
      return (await getJson(`${this.dataset.url}?${query}`)).documents;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return null;
    }
  }

  #copy(selector) {
    return document.importNode(this.querySelector("template").content.querySelector(selector), true);
  }
}

function buttonOf(chip) {
  return chip.querySelector("[data-choose-pages]");
}

/** Returns the name of a document as forms send it: with the pages that were chosen. */
function nameOf(chip, text) {
  const [kind, id] = chip.field.value.split("/");
  return [kind, id, text].filter(Boolean).join("/");
}

customElements.define("document-pages", DocumentPages);
