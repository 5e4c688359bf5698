// The conversations in the sidebar: follows their changes, and loads more of the list.

import { shown } from "../../lib/conversation.js";
import { CONNECTION_OPENED, LIVE_CONVERSATION_CHANGED, LIVE_CONVERSATION_DELETED } from "../../lib/events.js";
import { CONVERSATION_DELETED, CONVERSATION_RENAMED, CONVERSATION_TITLED } from "../../lib/events.js";
import { MESSAGE_ACCEPTED, dispatch, listen } from "../../lib/events.js";
import { RequestError, getText } from "../../lib/http.js";
import { parse } from "../../lib/morph.js";
import { person } from "../../lib/page.js";
import { Roving } from "../../lib/roving.js";

const PLACE = `sidebar:${person}`; // how far the list is scrolled, in this tab's session storage

/** Part of the side drawer. */
class ConversationList extends HTMLElement {
  #end = new AbortController();
  #observer = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.#loadMore());

  connectedCallback() {
    const { signal } = this.#end;
    this.nav = this.querySelector("nav");
    this.newChat = this.closest("side-drawer").querySelector("[data-new-chat]");
    listen(this, CONVERSATION_DELETED, ({ id }) => this.#remove(id), signal);
    listen(this, CONVERSATION_RENAMED, (renamed) => this.#rename(renamed), signal);
    listen(document, LIVE_CONVERSATION_CHANGED, (event) => this.#change(event), signal);
    listen(document, LIVE_CONVERSATION_DELETED, ({ conversation }) => this.#remove(conversation), signal);
    listen(document, MESSAGE_ACCEPTED, ({ conversation }) => this.#add(conversation), signal);
    this.roving = new Roving(this.nav, signal);
    this.#restorePlace();
    addEventListener("pagehide", () => sessionStorage.setItem(PLACE, this.nav.scrollTop), { signal });
    this.#watchMore();
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#observer.disconnect();
  }

  /** Each page has a sidebar of its own; the list stays where it was, and shows its current entry. */
  #restorePlace() {
    this.nav.scrollTop = sessionStorage.getItem(PLACE);
    const { top, bottom } = this.nav.getBoundingClientRect();
    const entry = this.nav.querySelector("[aria-current]")?.getBoundingClientRect();
    if (entry && entry.top < top) this.nav.scrollTop -= top - entry.top;
    else if (entry && entry.bottom > bottom) this.nav.scrollTop += entry.bottom - bottom;
  }

  #findEntry(id) {
    return this.nav.querySelector(`[data-conversation="${id}"]`);
  }

  #change({ conversation, html, title, moved }) {
    const [entry] = parse(html);
    const known = this.#findEntry(conversation);
    if (conversation === shown.id) this.#showCurrent(entry, title);
    if (moved) {
      known?.remove();
      this.#findToday().prepend(entry);
      this.#removeEmptyGroups();
    } else {
      known?.replaceWith(entry);
    }
    this.roving.update();
  }

  /** Adds a conversation from the answer to its first message, unless the socket has already reported it. */
  #add({ id, html }) {
    if (!this.#findEntry(id)) this.#change({ conversation: id, html, moved: true });
  }

  #showCurrent(entry, title) {
    const link = entry.querySelector("a");
    link.setAttribute("aria-current", "page");
    this.newChat.removeAttribute("aria-current");
    document.title = title || link.textContent;
    dispatch(this, CONVERSATION_TITLED, { title: document.title });
  }

  #findToday() {
    const fresh = this.querySelector("[data-today]").content.firstElementChild;
    const first = this.nav.querySelector(".group");
    if (labelOf(first) === labelOf(fresh)) return first.querySelector("ul");
    this.nav.prepend(fresh.cloneNode(true));
    return this.nav.querySelector("ul");
  }

  #remove(id) {
    this.#findEntry(id)?.remove();
    this.#removeEmptyGroups();
    if (id === shown.id) location.assign("/");
  }

  #removeEmptyGroups() {
    for (const group of this.nav.querySelectorAll(".group:not(:has(li))")) group.remove();
  }

  #rename({ id, title }) {
    const entry = this.#findEntry(id);
    if (!entry) return;
    const link = entry.querySelector("a");
    link.textContent = link.title = title;
    if (id === shown.id) this.#showCurrent(entry, title);
  }

  #watchMore() {
    const link = this.nav.querySelector("[data-more]");
    if (link) this.#observer.observe(link);
  }

  async #loadMore() {
    const link = this.nav.querySelector("[data-more]");
    this.#observer.unobserve(link);
    try {
      const nodes = parse(await getText(link.href));
      // The current entry was there already, out of its place.
      for (const { dataset } of nodes.flatMap((node) => [...node.querySelectorAll("li")])) {
        this.#findEntry(dataset.conversation)?.remove();
      }
      const last = [...this.nav.querySelectorAll(".group")].at(-1);
      link.replaceWith(...nodes);
      if (last && labelOf(last) === labelOf(nodes[0])) {
        last.querySelector("ul").append(...nodes[0].querySelectorAll("li"));
        nodes[0].remove();
      }
      this.#removeEmptyGroups();
      const current = this.#findEntry(shown.id)?.querySelector("a");
      if (shown.url) current?.setAttribute("aria-current", "page");
      this.roving.update();
      this.#watchMore();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // The link stays and can be clicked; it is loaded by itself once the connection is back.
      const { signal } = this.#end;
      document.addEventListener(CONNECTION_OPENED, () => this.#watchMore(), { once: true, signal });
    }
  }
}

function labelOf(group) {
  return group?.querySelector("h2")?.textContent;
}

customElements.define("conversation-list", ConversationList);
