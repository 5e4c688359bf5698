import { RequestError, getText } from "../../lib/http.js";
import { parse } from "../../lib/morph.js";

/** The conversations in the sidebar: follows the news and shows more of the list. */
class ConversationList extends HTMLElement {
  #end = new AbortController();
  #observer = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.#more());

  connectedCallback() {
    const { signal } = this.#end;
    this.nav = this.querySelector("nav");
    this.addEventListener("conversation:deleted", ({ detail }) => this.#drop(detail.id), { signal });
    this.addEventListener("conversation:renamed", ({ detail }) => this.#retitle(detail), { signal });
    const listen = (type, handle) => document.addEventListener(type, ({ detail }) => handle(detail), { signal });
    listen("live:conversation.changed", (event) => this.#change(event));
    listen("live:conversation.deleted", (event) => this.#drop(event.conversation));
    listen("conversation:entered", ({ id, html }) => this.#add(id, html));
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

  /** The answer to a first send; the socket has most often told it before, and newer. */
  #add(id, html) {
    if (!this.#entry(id)) this.#change({ conversation: id, html, moved: true });
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

  #retitle({ id, title }) {
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
      // The link stays and can be clicked; by itself it tries again once the line is back.
      const { signal } = this.#end;
      document.addEventListener("live:open", () => this.#watchMore(), { once: true, signal });
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
