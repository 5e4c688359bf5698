// Fetches the list of chats again, when more of it has changed than one entry.

import { shown } from "./conversation.js";
import { RequestError, getText } from "./http.js";
import { parse } from "./morph.js";
import { oneAtATime } from "./one-at-a-time.js";
import { joinPage } from "./sidebar-rows.js";

const MAX_ROWS = 300; // loaded again at most; the rest comes as the list is scrolled

export class SidebarRefresh {
  /** Returns a promise that resolves when the list is up to date. */
  start = oneAtATime(() => this.#refresh());

  constructor(list) {
    this.list = list;
  }

  async #refresh() {
    try {
      this.#show(await this.#fetch());
    } catch (error) {
      // The next connection fetches it again.
      if (!(error instanceof RequestError)) throw error;
    }
  }

  /** Returns a list as long as the one that is shown. */
  async #fetch() {
    const count = Math.min(this.list.nav.querySelectorAll("li").length, MAX_ROWS);
    const fresh = document.createElement("nav");
    const project = document.querySelector("[data-composer] [name=project]")?.value ?? "";
    fresh.append(...parse(await getText(`/conversations?current=${shown.url && shown.id}&project=${project}`)));
    for (let more; fresh.querySelectorAll("li").length < count && (more = fresh.querySelector("[data-more]")); ) {
      joinPage(fresh, more, parse(await getText(more.getAttribute("href"))));
    }
    return fresh;
  }

  /** Shows the list with the same focus, the same scroll position, and the field of a title that is being edited. */
  #show(fresh) {
    const { nav } = this.list;
    if (nav.querySelector("[data-editing]")) return;
    const { scrollTop } = nav;
    const focused = nav.contains(document.activeElement) ? document.activeElement : null;
    const entry = focused?.closest("li");
    nav.replaceChildren(...fresh.children);
    this.list.update();
    if (shown.url) this.#showProject();
    nav.scrollTop = scrollTop;
    const again = entry && this.list.findEntry(entry.dataset.conversation);
    if (focused) (again?.querySelector(focused.localName) ?? nav.querySelector("a[tabindex='0']"))?.focus();
  }

  /** The conversation of this page may have been moved to another project. */
  #showProject() {
    const title = document.querySelector("conversation-title");
    const opened = this.list.nav.querySelector("li:has(> [data-chats]) a");
    title?.parentElement.querySelector("a")?.remove();
    if (!title || !opened) return;
    const link = document.createElement("a");
    Object.assign(link, { href: opened.href, dir: "auto", textContent: opened.textContent.trim() });
    title.before(link, " ");
  }
}
