// Selects several chats in the sidebar, to archive, export or delete them together.

import { LIVE_CONVERSATION_DELETED, listen } from "../../lib/events.js";

const MAX_AT_ONCE = 200; // as the server's
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/** Part of the conversation tools. */
class ChatSelection extends HTMLElement {
  #chosen = new Set(); // ids of conversations
  #last = null; // the box that was pressed last, where a range begins
  #end = new AbortController();
  #observer = new MutationObserver(() => this.#addBoxes());

  connectedCallback() {
    const { signal } = this.#end;
    this.list = this.closest("conversation-list");
    this.tools = this.closest("conversation-menu");
    this.status = this.querySelector("[role=status]");
    this.addEventListener("click", ({ target }) => this.#press(target.closest("button")), { signal });
    // Captured, because in this mode the keys and clicks do something else than in the list.
    this.list.addEventListener("keydown", (event) => this.isOpen && this.#pressKey(event), { capture: true, signal });
    this.list.addEventListener("click", (event) => this.isOpen && this.#choose(event), { signal });
    listen(document, LIVE_CONVERSATION_DELETED, ({ conversation }) => this.#drop(conversation), signal);
  }

  disconnectedCallback() {
    this.#end.abort();
    this.#observer.disconnect();
  }

  get isOpen() {
    return !this.hidden;
  }

  open({ dataset }) {
    this.hidden = false;
    this.list.toggleAttribute("data-selecting", true);
    this.#observer.observe(this.list.nav, { childList: true, subtree: true });
    this.#addBoxes();
    const box = this.#boxes.find((each) => each.value === dataset.conversation);
    box.checked = true;
    this.#last = box.value;
    this.#chosen.add(box.value);
    this.#show();
    box.focus();
  }

  /** Leaves the mode; the entry that had the focus keeps it. */
  close() {
    const entry = document.activeElement.closest("li[data-conversation]") ?? this.list.findEntry(this.#last);
    this.#observer.disconnect();
    this.hidden = true;
    this.list.removeAttribute("data-selecting");
    for (const box of this.#boxes) box.parentElement.remove();
    this.#chosen.clear();
    this.list.update();
    (entry?.querySelector("a") ?? this.list.nav.querySelector("a") ?? this.list.newChat).focus();
  }

  get #boxes() {
    return [...this.list.nav.querySelectorAll("label.choice-box input")];
  }

  /** Rows are replaced when their conversation changes, and more of them are loaded. */
  #addBoxes() {
    for (const entry of this.list.nav.querySelectorAll("[data-conversation]:not(:has(label.choice-box))")) {
      const label = document.createElement("label");
      const box = document.createElement("input");
      label.className = "choice-box";
      Object.assign(box, { type: "checkbox", value: entry.dataset.conversation });
      box.checked = this.#chosen.has(box.value);
      label.append(box, entry.querySelector("a").textContent.trim());
      entry.prepend(label);
    }
    this.#setTabStop();
  }

  #setTabStop() {
    const boxes = this.#boxes;
    const stop = boxes.find((each) => each.value === this.#last) ?? boxes[0];
    for (const box of boxes) box.tabIndex = box === stop ? 0 : -1;
  }

  /** A click with Shift chooses everything from the box that was pressed before. */
  #choose(event) {
    const box = event.target.closest("label.choice-box input");
    if (!box) return;
    const boxes = this.#boxes;
    const from = boxes.findIndex((each) => each.value === this.#last);
    const to = boxes.indexOf(box);
    const range = event.shiftKey && from >= 0 ? boxes.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
    for (const each of range) this.#set(each, box.checked);
    this.#last = box.value;
    this.#setTabStop();
    this.#show();
  }

  #set(box, isOn) {
    box.checked = isOn;
    if (isOn) this.#chosen.add(box.value);
    else this.#chosen.delete(box.value);
  }

  #pressKey(event) {
    const boxes = this.#boxes;
    const index = boxes.indexOf(event.target);
    const isAll = (event.ctrlKey || event.metaKey) && event.key === "a";
    const next = { Home: boxes[0], End: boxes.at(-1) }[event.key] ?? boxes[index + STEPS[event.key]];
    if (event.key === "Escape") this.close();
    else if (isAll) this.#chooseAll(boxes);
    else if (index >= 0 && next) this.#moveTo(next, event.shiftKey && event.target.checked);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #chooseAll(boxes) {
    for (const box of boxes) this.#set(box, true);
    this.#show();
  }

  #moveTo(box, isChosen) {
    if (isChosen) this.#set(box, true);
    this.#last = box.value;
    this.#setTabStop();
    box.focus();
    this.#show();
  }

  #drop(conversation) {
    if (this.#chosen.delete(conversation)) this.#show();
  }

  #show() {
    const { one, many } = this.dataset;
    const { size } = this.#chosen;
    const sentence = size === 1 ? one : many.replace("{count}", size);
    if (this.status.textContent !== sentence) this.status.textContent = sentence;
    for (const button of this.querySelectorAll("[data-batch]")) button.disabled = !size;
  }

  #press(button) {
    if (button?.matches("[data-leave]")) this.close();
    if (button?.matches("[data-batch]")) this.#act(button.dataset.batch);
  }

  async #act(action) {
    const ids = [...this.#chosen];
    if (action === "export") return this.#export(ids);
    for (let first = 0; first < ids.length; first += MAX_AT_ONCE) {
      if (!(await this.#send(action, ids.slice(first, first + MAX_AT_ONCE)))) return;
    }
    this.close();
    if (action === "archive") this.tools.refresh();
  }

  /** Makes one archive of them, and shows how it grows. */
  async #export(ids) {
    if (await this.tools.send("/transfer/exports/", namedFields(ids))) location.assign("/transfer/");
  }

  #send(action, ids) {
    const fields = namedFields(ids);
    fields.set("action", action);
    const url = "/conversations/batch";
    return action === "delete" ? this.tools.delete(ids, url, fields) : this.tools.send(url, fields);
  }
}

function namedFields(ids) {
  const fields = new FormData();
  for (const id of ids) fields.append("conversation", id);
  return fields;
}

customElements.define("chat-selection", ChatSelection);
