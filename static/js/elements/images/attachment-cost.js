// What the attached files cost: their tokens, and with the chosen model the dollars. At each document too.

import { chosenPrice } from "../../lib/chosen-price.js";
import { IMAGES_CHANGED, LIVE_CONVERSATION_CHANGED, MODEL_CHOSEN, SETTINGS_EDITED, listen } from "../../lib/events.js";

/** Part of the image attacher. */
class AttachmentCost extends HTMLElement {
  #observer = new MutationObserver(() => this.#show());
  #tokens = new MutationObserver(() => this.#show()); // another one: the prices at the chips are below them too
  #end;

  connectedCallback() {
    const { signal } = (this.#end = new AbortController());
    const show = () => this.#show();
    this.attacher = this.closest("image-attacher");
    this.chips = this.attacher.querySelector("[data-chips]");
    this.#observer.observe(this.chips, { childList: true });
    this.#tokens.observe(this.chips, { subtree: true, attributeFilter: ["data-tokens"] });
    listen(this.attacher, IMAGES_CHANGED, show, signal);
    for (const type of [MODEL_CHOSEN, SETTINGS_EDITED, LIVE_CONVERSATION_CHANGED]) listen(document, type, show, signal);
    show();
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#observer.disconnect();
    this.#tokens.disconnect();
  }

  /** Returns what the chosen model costs to read so many tokens, in words; "" if that is unknown. */
  moneyOf(tokens) {
    const dollars = (tokens * chosenPrice()) / 1e6;
    if (!dollars) return "";
    return dollars < 0.01 ? this.dataset.lessText : this.dataset.moneyText.replace("{dollars}", `$${dollars.toFixed(2)}`);
  }

  #show() {
    const sums = { image: 0, link: 0, document: 0 };
    for (const { tokens, dataset } of this.chips.children) sums[dataset.kind ?? "image"] += tokens;
    for (const chip of this.chips.querySelectorAll("[data-kind=document]")) this.#showAt(chip, this.moneyOf(chip.tokens));
    const tokens = sums.image + sums.link + Math.min(sums.document, +this.dataset.documentTokens);
    this.textContent = tokens ? [this.#countOf(tokens), this.moneyOf(tokens)].filter(Boolean).join(", ") : "";
  }

  #showAt(chip, money) {
    let line = chip.querySelector("[data-money]");
    if (!line) {
      line = Object.assign(document.createElement("span"), { className: "chip-note" });
      line.dataset.money = "";
      chip.querySelector(".chip-text").append(line);
    }
    line.textContent = money;
  }

  #countOf(tokens) {
    const rounded = tokens < 1000 ? Math.ceil(tokens / 10) * 10 : Math.round(tokens / 100) * 100;
    return this.attacher.dataset.costText.replace("{count}", rounded.toLocaleString());
  }
}

customElements.define("attachment-cost", AttachmentCost);
