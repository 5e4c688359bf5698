// The menu that all entries of the sidebar share: pin, archive, rename, move, save as a file, select, delete.

import "./chat-selection.js";
import "./undo-toast.js";
import { shown } from "../../lib/conversation.js";
import { BOX_REQUESTED, CONVERSATION_DELETED, CONVERSATION_RENAMED, HINT_CHANGED, dispatch } from "../../lib/events.js";
import { RequestError, getText, post } from "../../lib/http.js";
import { ask } from "../../lib/question.js";
import { SidebarRefresh } from "../../lib/sidebar-refresh.js";
import { editTitle } from "../../lib/title-field.js";
import { uuid4 } from "../../lib/uuid.js";

const EDGE = 8; // px between the menu and the end of the window
const STEPS = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 };

/** Part of the conversation list. */
class ConversationMenu extends HTMLElement {
  #chosen = ""; // the conversation whose menu was opened
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.list = this.closest("conversation-list");
    this.menu = this.querySelector(".chat-menu");
    this.toast = this.querySelector("undo-toast");
    this.selection = this.querySelector("chat-selection");
    this.refresher = new SidebarRefresh(this.list);
    // The drawer of a phone is hidden while it is closed, and the toast is not about the sidebar alone.
    document.body.append(this.toast);
    this.list.addEventListener("click", (event) => this.#press(event), { signal });
    // Scrolling would move the entry away from its menu. The event doesn't bubble, so it is captured.
    this.list.addEventListener("scroll", () => this.menu.hidePopover(), { capture: true, signal });
    this.menu.addEventListener("keydown", (event) => this.#moveByKey(event), { signal });
    document.addEventListener("click", (event) => this.#restoreShown(event), { signal });
  }

  disconnectedCallback() {
    this.#end.abort();
    this.toast.remove();
  }

  refresh() {
    return this.refresher.start();
  }

  offerUndo() {
    this.toast.offer();
  }

  /** Posts a form, and what it asks, once more if the person agrees. Returns whether that worked. */
  async send(url, fields) {
    try {
      await post(url, fields);
      return true;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.html && (await ask(error.html))) {
        fields.set("for_good", "on");
        return this.send(url, fields);
      }
      if (!error.html) this.toast.report(error.sentence);
      return false;
    }
  }

  /** Moves chats to the trash; every tab of the person then offers to undo it. */
  async delete(ids, url, fields = new FormData()) {
    const undo = uuid4();
    fields.set("undo", undo);
    if (!(await this.send(url, fields))) return false;
    // The same as the events of the socket, which may be away.
    for (const id of ids) dispatch(document, CONVERSATION_DELETED, { conversation: id, undo: fields.has("for_good") ? null : undo });
    return true;
  }

  #press(event) {
    const menu = event.target.closest("[data-menu]");
    const item = event.target.closest(".chat-menu :is(button, a)");
    if (menu) this.#openMenu(menu);
    if (item) {
      this.menu.hidePopover();
      if (item.dataset.act) event.preventDefault();
      this.#act(item.dataset.act, this.list.findEntry(this.#chosen));
    }
  }

  #openMenu(button) {
    const entry = button.closest("li");
    const { bottom, left } = button.getBoundingClientRect();
    this.#chosen = entry.dataset.conversation;
    this.#label("pin", "pinned" in entry.dataset);
    this.#label("archive", "archived" in entry.dataset);
    // Nobody without projects has to think about them.
    this.menu.querySelector("[data-act=move]").hidden = !this.list.querySelector("[data-projects]");
    for (const link of this.menu.querySelectorAll("[data-as]")) link.href = pathOf(entry) + link.dataset.as;
    this.menu.showPopover({ source: button });
    const lowest = innerHeight - this.menu.offsetHeight - EDGE;
    const farthest = innerWidth - this.menu.offsetWidth - EDGE;
    this.menu.style.translate = `${Math.min(left, farthest)}px ${Math.min(bottom, lowest)}px`;
    this.menu.querySelector("[role=menuitem]").focus();
  }

  #label(name, isOn) {
    const button = this.menu.querySelector(`[data-act=${name}]`);
    button.value = isOn ? "" : "on";
    button.querySelector("span").textContent = isOn ? button.dataset.off : button.dataset.on;
  }

  #moveByKey(event) {
    if (event.key === "Tab") this.menu.hidePopover();
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...this.menu.querySelectorAll(":is(button, a):not([hidden])")];
    items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
  }

  /** Does with an entry what its menu does. */
  act(name, entry) {
    if (!this.selection.isOpen) this.#act(name, entry);
  }

  #act(name, entry) {
    if (!entry || !name) return;
    if (name === "rename") editTitle(entry, this, (title) => this.#noteTitle(entry, title));
    if (name === "select") this.selection.open(entry);
    if (name === "pin" || name === "archive") this.#arrange(name, entry);
    if (name === "delete") this.delete([entry.dataset.conversation], `${pathOf(entry)}deletion`);
    if (name === "move") this.#askWhereTo(`${pathOf(entry)}project/`, entry.dataset.project ?? "");
  }

  async #askWhereTo(url, former) {
    try {
      const fields = await ask(await getText(url));
      if (fields) this.#move(url, fields.get("project"), former);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.toast.report(error.sentence);
    }
  }

  /** Moves a chat to a project, or out of any, and offers to undo that. */
  async #move(url, project, former) {
    if (!(await this.send(url, { project }))) return false;
    await this.refresh();
    const link = this.list.querySelector(`[data-projects] a[href="/projects/${project}/"]`);
    const { moved, movedOut } = this.toast.dataset;
    const sentence = project ? moved.replace("{name}", () => link?.title ?? "") : movedOut;
    this.toast.announce(sentence, () => this.#move(url, former, project));
    return true;
  }

  async #arrange(name, entry) {
    const fields = new FormData();
    fields.set("on", this.menu.querySelector(`[data-act=${name}]`).value);
    if (await this.send(`${pathOf(entry)}${name}`, fields)) this.refresh();
  }

  #noteTitle({ dataset }, title) {
    dispatch(this, CONVERSATION_RENAMED, { id: dataset.conversation, title });
  }

  /** Restores the conversation of this page, in which a message was not sent because it is in the trash. */
  async #restoreShown(event) {
    const button = event.target.closest("[data-restore]");
    if (!button) return;
    event.preventDefault();
    if (!(await this.send(`/c/${shown.id}/restoration`, new FormData()))) return;
    dispatch(document, HINT_CHANGED, { sentence: "" });
    dispatch(document, BOX_REQUESTED, { onTouch: true });
    this.refresh();
  }
}

function pathOf(entry) {
  return entry.querySelector("a").pathname;
}

customElements.define("conversation-menu", ConversationMenu);
