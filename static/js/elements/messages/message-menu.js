// The menu of a message, which the server makes.

import { RequestError, getText } from "../../lib/http.js";
import { parse } from "../../lib/morph.js";

const EDGE = 8; // px between the menu and the end of the window

/** Part of the message actions. */
class MessageMenu extends HTMLElement {
  article = null; // whose menu it is

  connectedCallback() {
    this.className = "menu message-menu";
    this.popover = "auto";
    this.addEventListener("keydown", (event) => this.#moveByKey(event));
    // Scrolling would move the message away from its menu.
    this.closest("message-list").addEventListener("scroll", () => this.close(), { capture: true });
  }

  async open(button, article, url) {
    try {
      this.replaceChildren(...parse(await getText(url)));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return this.parentElement.report(error);
    }
    this.article = article;
    const { bottom, top, left } = button.getBoundingClientRect();
    this.showPopover({ source: button });
    const fits = bottom + this.offsetHeight <= innerHeight - EDGE;
    const y = fits ? bottom : Math.max(EDGE, top - this.offsetHeight);
    this.style.translate = `${Math.min(left, innerWidth - this.offsetWidth - EDGE)}px ${y}px`;
    this.querySelector("button").focus();
  }

  close() {
    this.hidePopover();
  }

  #moveByKey(event) {
    if (event.key === "Escape") event.stopPropagation(); // it closes the menu, and would stop a reply
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...this.querySelectorAll("button")];
    items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
  }
}

customElements.define("message-menu", MessageMenu);
