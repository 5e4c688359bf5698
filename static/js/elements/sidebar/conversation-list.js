// The conversations in the sidebar: follows their changes, and loads more of the list.

import { shown } from "../../lib/conversation.js";
import { CONNECTION_OPENED, LIVE_CONVERSATION_CHANGED, LIVE_CONVERSATION_DELETED } from "../../lib/events.js";
import { CONVERSATION_DELETED, CONVERSATION_RENAMED, CONVERSATION_TITLED, LIVE_CONVERSATION_SEEN } from "../../lib/events.js";
import { LIVE_MESSAGE_CREATED, LIVE_MESSAGE_FINISHED, LIVE_REPLY_REMOTE, LIVE_REPLY_RESUMED } from "../../lib/events.js";
import { LIVE_SIDEBAR_CHANGED, MESSAGE_ACCEPTED, dispatch, listen } from "../../lib/events.js";
import { RequestError, getText, post } from "../../lib/http.js";
import { load } from "../../lib/load.js";
import { parse } from "../../lib/morph.js";
import { person } from "../../lib/page.js";
import { Roving } from "../../lib/roving.js";
import { findNeighbour, findPlace, joinPage, markState, stateOf } from "../../lib/sidebar-rows.js";
import { readStored, writeStored } from "../../lib/tab-storage.js";

const PLACE = `sidebar:${person}`; // how far the list is scrolled, in this tab's session storage
const KEYS = { F2: "rename", Delete: "delete" };

/** Part of the side drawer. */
class ConversationList extends HTMLElement {
  #isLeaving = false;
  #wasConnected = false;
  #end = new AbortController();
  #observer = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.#loadMore());

  connectedCallback() {
    const { signal } = this.#end;
    this.nav = this.querySelector("nav");
    this.newChat = this.closest("side-drawer").querySelector("[data-new-chat]");
    listen(this, CONVERSATION_RENAMED, (renamed) => this.#rename(renamed), signal);
    listen(document, LIVE_CONVERSATION_CHANGED, (event) => this.#change(event), signal);
    for (const type of [CONVERSATION_DELETED, LIVE_CONVERSATION_DELETED]) {
      listen(document, type, (event) => this.#remove(event), signal);
    }
    for (const type of [LIVE_MESSAGE_CREATED, LIVE_MESSAGE_FINISHED, LIVE_REPLY_REMOTE, LIVE_REPLY_RESUMED]) {
      listen(document, type, ({ conversation, running }) => this.#follow(conversation, running, type), signal);
    }
    listen(document, LIVE_CONVERSATION_SEEN, ({ conversation }) => this.#mark(conversation, ""), signal);
    listen(document, LIVE_SIDEBAR_CHANGED, () => this.#use((tools) => tools.refresh()), signal);
    listen(document, CONNECTION_OPENED, () => this.#catchUp(), signal);
    document.addEventListener("visibilitychange", () => this.#see(), { signal });
    listen(document, MESSAGE_ACCEPTED, ({ conversation }) => this.#add(conversation), signal);
    this.nav.addEventListener("keydown", (event) => this.#pressKey(event), { signal });
    this.roving = new Roving(this.nav, signal);
    this.#restorePlace();
    addEventListener("pagehide", () => sessionStorage.setItem(PLACE, this.nav.scrollTop), { signal });
    this.update();
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

  findEntry(id) {
    return this.nav.querySelector(`[data-conversation="${id}"]`);
  }

  /** Puts the list in order after rows came or went. */
  update() {
    for (const group of this.nav.querySelectorAll(".group:not(:has(li))")) group.remove();
    if (shown.url) this.findEntry(shown.id)?.querySelector("a").setAttribute("aria-current", "page");
    this.roving.update();
    this.#watchMore();
    this.#see();
  }

  /** Runs `act` with the menu and all else that is loaded when it's needed. Without it the page goes on as it is. */
  #use(act) {
    load("conversation-menu").then(act, () => {});
  }

  #change({ conversation, html, title, moved }) {
    const [entry] = parse(html);
    const known = this.findEntry(conversation);
    if (conversation === shown.id) this.#showCurrent(entry, title);
    if (known?.matches("[data-editing]")) return;
    if (moved && !entry.matches("[data-pinned]")) {
      known?.remove();
      findPlace(this.nav, entry, this.querySelector("[data-today]"))?.prepend(entry);
    } else {
      known?.replaceWith(entry);
    }
    // Only a message says whether a reply runs.
    if (known && !moved) this.#mark(conversation, stateOf(known));
    this.update();
  }

  /** Adds a conversation from the answer to its first message, unless the socket has already reported it. */
  #add({ id, html }) {
    if (!this.findEntry(id)) this.#change({ conversation: id, html, moved: true });
  }

  #showCurrent(entry, title) {
    const link = entry.querySelector("a");
    link.setAttribute("aria-current", "page");
    // The page was empty, or that of a project.
    for (const each of [this.newChat, this.nav.querySelector("div > a[aria-current]")]) each?.removeAttribute("aria-current");
    document.title = title || link.textContent;
    dispatch(this, CONVERSATION_TITLED, { title: document.title });
  }

  #remove({ conversation, undo }) {
    const entry = this.findEntry(conversation);
    const isShown = conversation === shown.id && shown.url;
    if (undo) this.#keepForUndo(undo, conversation, isShown);
    if (entry?.contains(document.activeElement)) (findNeighbour(entry)?.querySelector("a") ?? this.newChat).focus();
    entry?.remove();
    this.update();
    if (isShown) this.#leave();
    else if (undo) this.#use((tools) => tools.offerUndo());
  }

  /** Goes to the empty page, once: the tab that deletes the conversation hears of it from the socket, too. */
  #leave() {
    if (!this.#isLeaving) location.assign("/");
    this.#isLeaving = true;
  }

  #keepForUndo(undo, conversation, isShown) {
    const { at, ids, url } = readStored("trashed", undo) ?? { at: Date.now(), ids: [], url: "" };
    writeStored("trashed", undo, { at, ids: [...new Set([...ids, conversation])], url: isShown ? shown.url : url });
  }

  #follow(conversation, isRunning, type) {
    const hasEnded = type === LIVE_MESSAGE_FINISHED || stateOf(this.findEntry(conversation)) === "running";
    if (isRunning) this.#mark(conversation, "running");
    else if (hasEnded) this.#mark(conversation, "unread");
    if (hasEnded) this.#see();
  }

  #mark(conversation, state) {
    markState(this.findEntry(conversation), state, this.dataset[`${state}Text`]);
  }

  /** The person sees the conversation of this page. */
  #see() {
    if (!shown.url || document.visibilityState !== "visible" || stateOf(this.findEntry(shown.id)) !== "unread") return;
    this.#mark(shown.id, "");
    post(`${shown.url}seen`).catch(() => {}); // the next visit says it again
  }

  /** Fetches the list again if it may have missed something: events, or the end of a reply. */
  #catchUp() {
    if (this.#wasConnected || this.nav.querySelector("[data-running]")) this.#use((tools) => tools.refresh());
    this.#wasConnected = true;
  }

  #pressKey(event) {
    const entry = event.target.closest("li[data-conversation]");
    if (!entry || !KEYS[event.key] || event.target.matches("input")) return;
    event.preventDefault();
    this.#use((tools) => tools.act(KEYS[event.key], entry));
  }

  #rename({ id, title }) {
    const entry = this.findEntry(id);
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
      joinPage(this.nav, link, parse(await getText(link.href)));
      this.update();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // The link stays and can be clicked; it is loaded by itself once the connection is back.
      const { signal } = this.#end;
      document.addEventListener(CONNECTION_OPENED, () => this.#watchMore(), { once: true, signal });
    }
  }
}

customElements.define("conversation-list", ConversationList);
