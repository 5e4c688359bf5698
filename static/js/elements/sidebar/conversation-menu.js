// The menu that all entries of the sidebar share: rename, save as a file, delete.

import { CONVERSATION_DELETED, CONVERSATION_RENAMED, dispatch } from "../../lib/events.js";
import { RequestError, post } from "../../lib/http.js";

const EDGE = 8; // px between the menu and the end of the window

/** Part of the conversation list. */
class ConversationMenu extends HTMLElement {
  #chosen = null; // the entry whose menu was opened
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    const list = this.closest("conversation-list");
    this.menu = this.querySelector("[role=menu]");
    list.addEventListener("click", (event) => this.#press(event.target.closest("button, [data-as]")), { signal });
    // Scrolling would move the entry away from its menu. The event doesn't bubble, so it is captured.
    list.addEventListener("scroll", () => this.menu.hidePopover(), { capture: true, signal });
    this.menu.addEventListener("keydown", (event) => this.#moveByKey(event), { signal });
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #press(button) {
    if (button?.matches("[data-menu]")) this.#openMenu(button);
    if (button?.matches("[data-as]")) this.menu.hidePopover();
    if (button?.matches("[data-open]")) this.#openDialog(button.dataset.open);
    if (button?.matches("[data-close]")) button.closest("dialog").close();
  }

  #openMenu(button) {
    const { bottom, left } = button.getBoundingClientRect();
    this.#chosen = button.closest("li");
    for (const link of this.menu.querySelectorAll("[data-as]"))
      link.href = this.#chosen.querySelector("a").pathname + link.dataset.as;
    this.menu.showPopover({ source: button });
    const lowest = innerHeight - this.menu.offsetHeight - EDGE;
    const farthest = innerWidth - this.menu.offsetWidth - EDGE;
    this.menu.style.translate = `${Math.min(left, farthest)}px ${Math.min(bottom, lowest)}px`;
    this.menu.querySelector("button").focus();
  }

  #moveByKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Tab") this.menu.hidePopover();
    if (!step) return;
    event.preventDefault();
    const items = [...this.menu.querySelectorAll("[role=menuitem]")];
    items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
  }

  #openDialog(name) {
    const dialog = this.querySelector(`[data-dialog="${name}"]`);
    const form = dialog.querySelector("form");
    const link = this.#chosen.querySelector("a");
    const { title } = form.elements;
    form.action = link.getAttribute("href") + form.dataset.resource;
    form.querySelector("[role=alert]").hidden = true;
    if (title) title.value = link.textContent;
    else form.querySelector("[data-name]").textContent = link.textContent;
    this.menu.hidePopover();
    dialog.showModal();
    title?.select();
  }

  async #submit(event) {
    event.preventDefault();
    const form = event.target;
    try {
      await post(form.action, new FormData(form));
      form.closest("dialog").close();
      const id = this.#chosen.dataset.conversation;
      if (form.dataset.resource === "deletion") dispatch(this, CONVERSATION_DELETED, { id });
      else dispatch(this, CONVERSATION_RENAMED, { id, title: form.elements.title.value });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      form.querySelector("[role=alert]").hidden = false;
    }
  }
}

customElements.define("conversation-menu", ConversationMenu);
