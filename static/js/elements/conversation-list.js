import { RequestError, getText, post } from "../lib/http.js";
import { parse } from "../lib/morph.js";

/** The conversations in the sidebar: follows the news, renames, deletes, shows more. */
class ConversationList extends HTMLElement {
  #chosen = null; // the entry whose menu was opened
  #end = new AbortController();
  #observer = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.#more());

  connectedCallback() {
    const { signal } = this.#end;
    this.nav = this.querySelector("nav");
    this.menu = this.querySelector("[data-options]");
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.menu.addEventListener("keydown", (event) => this.#moveInMenu(event), { signal });
    this.nav.addEventListener("scroll", () => this.menu.hidePopover(), { passive: true, signal });
    const listen = (type, handle) => document.addEventListener(type, ({ detail }) => handle(detail), { signal });
    listen("live:conversation.changed", (event) => this.#change(event));
    listen("live:conversation.deleted", (event) => this.#drop(event.conversation));
    listen("conversation:entered", ({ id, html }) => this.#change({ conversation: id, html, moved: true }));
    document.addEventListener("keydown", (event) => this.#shortcut(event), { signal });
    this.#watchMore();
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#observer.disconnect();
  }

  #entry(id) {
    return this.nav.querySelector(`[data-conversation="${id}"]`);
  }

  #change({ conversation, html, title, moved }) {
    const [entry] = parse(html);
    const known = this.#entry(conversation);
    if (conversation === this.dataset.current) this.#showCurrent(entry, title);
    if (moved) {
      known?.remove();
      this.#today().prepend(entry);
      this.#dropEmptyGroups();
    } else {
      known?.replaceWith(entry);
    }
  }

  #showCurrent(entry, title) {
    const link = entry.querySelector("a");
    link.setAttribute("aria-current", "page");
    document.querySelector("[data-new-chat]").removeAttribute("aria-current");
    document.title = title || link.textContent;
    document.querySelector("[data-conversation-title]").textContent = document.title;
  }

  #today() {
    const fresh = this.querySelector("[data-today]").content.firstElementChild;
    const first = this.nav.querySelector(".group");
    if (label(first) === label(fresh)) return first.querySelector("ul");
    this.nav.prepend(fresh.cloneNode(true));
    return this.nav.querySelector("ul");
  }

  #drop(id) {
    this.#entry(id)?.remove();
    this.#dropEmptyGroups();
    if (id === this.dataset.current) location.assign("/");
  }

  #dropEmptyGroups() {
    for (const group of this.nav.querySelectorAll(".group:not(:has(li))")) group.remove();
  }

  #click({ target }) {
    const button = target.closest("button");
    if (button?.matches("[data-menu]")) this.#openMenu(button);
    if (button?.matches("[data-open]")) this.#openDialog(button.dataset.open);
    if (button?.matches("[data-close]")) button.closest("dialog").close();
  }

  #openMenu(button) {
    const { bottom, left } = button.getBoundingClientRect();
    this.#chosen = button.closest("li");
    this.menu.showPopover({ source: button });
    const lowest = innerHeight - this.menu.offsetHeight - 8;
    this.menu.style.translate = `${left}px ${Math.min(bottom + 4, lowest)}px`;
    this.menu.querySelector("button").focus();
  }

  #moveInMenu(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...this.menu.querySelectorAll("button")];
    items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
  }

  #openDialog(name) {
    const dialog = this.querySelector(`[data-dialog="${name}"]`);
    const link = this.#chosen.querySelector("a");
    const [form, title] = [dialog.querySelector("form"), link.textContent];
    form.action = link.getAttribute("href") + form.dataset.resource;
    form.querySelector("[role=alert]").hidden = true;
    if (form.elements.title) form.elements.title.value = title;
    else form.querySelector("[data-name]").textContent = title;
    this.menu.hidePopover();
    dialog.showModal();
    form.elements.title?.select();
  }

  async #submit(event) {
    event.preventDefault();
    const form = event.target;
    const id = this.#chosen.dataset.conversation;
    try {
      await post(form.action, new FormData(form));
      form.closest("dialog").close();
      if (form.dataset.resource === "deletion") this.#drop(id);
      else this.#retitle(id, form.elements.title.value);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      form.querySelector("[role=alert]").hidden = false;
    }
  }

  #retitle(id, title) {
    const entry = this.#entry(id);
    if (!entry) return;
    entry.querySelector("a").textContent = title;
    if (id === this.dataset.current) this.#showCurrent(entry, title);
  }

  #watchMore() {
    const link = this.nav.querySelector("[data-more]");
    if (link) this.#observer.observe(link);
  }

  async #more() {
    const link = this.nav.querySelector("[data-more]");
    this.#observer.unobserve(link);
    try {
      const nodes = parse(await getText(link.href));
      const last = [...this.nav.querySelectorAll(".group")].at(-1);
      link.replaceWith(...nodes);
      if (last && label(last) === label(nodes[0])) {
        last.querySelector("ul").append(...nodes[0].querySelectorAll("li"));
        nodes[0].remove();
      }
      this.#watchMore();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // The link stays where it is; reaching it again, or a click, tries again.
      this.#observer.observe(link);
    }
  }

  #shortcut(event) {
    if (event.code !== "KeyO" || !event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    document.querySelector("[data-new-chat]").click();
  }
}

function label(group) {
  return group?.querySelector("h2")?.textContent;
}

customElements.define("conversation-list", ConversationList);
