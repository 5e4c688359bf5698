import { post } from "../../lib/http.js";
import { parse } from "../../lib/morph.js";
import { Outbox } from "../../lib/outbox.js";
import { Shelf } from "../../lib/shelf.js";

const TOUCH = matchMedia("(pointer: coarse)");
const OWN_FIELDS = ["csrfmiddlewaretoken", "client_id", "parent", "text", "images"];

/** Messages that left the composer and are not on the server: sends them, says why they wait, and
 *  gives back what must not go out by itself. An entry of the outbox has here `text`, `fields`,
 *  `images`: the HTML of a chip and of what is sent for each, and `sentence`: why it was not sent. */
class MessageOutbox extends HTMLElement {
  #chips = new Map(); // client id -> chips of its images, as long as this page lives
  #spoken = ""; // the last sentence, for those who hear the page
  #end = new AbortController();
  #outbox = new Outbox({
    post: (entry) => this.#post(entry),
    statusOf: (message) => this.list.statusOf(message),
    onChange: () => this.#show(),
    onSent: (answer) => this.composer.accept(answer),
    onRenamed: (entry, old) => this.#rename(entry.id, old),
    onHeld: (entries, why) => this.#giveBack(entries, why),
    onBehind: () => this.list.catchUp(),
    onSignedOut: () => this.#askToSignIn(),
  });

  connectedCallback() {
    const { signal } = this.#end;
    this.list = document.querySelector("message-list");
    this.composer = document.querySelector("message-composer");
    this.shelf = new Shelf(this.dataset.person);
    const go = () => this.#outbox.go();
    for (const news of ["live:open", "signed-in", "reply:running"]) document.addEventListener(news, go, { signal });
    addEventListener("online", go, { signal });
    document.addEventListener("click", ({ target }) => this.#act(target.closest("[data-outgoing]")), { signal });
    document.addEventListener("person:left", () => this.#outbox.clear(), { signal });
    this.#restore();
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  /** Takes a message from the composer: the fields of its form, and the chips of its images. */
  add(data, chips) {
    const fields = [...data].filter(([name]) => !OWN_FIELDS.includes(name));
    const entry = { id: data.get("client_id"), text: data.get("text"), fields, images: chips.map(kept) };
    this.#chips.set(entry.id, chips);
    const isNext = !this.#outbox.isWaiting && !this.composer.isRunning;
    if (isNext) this.list.send(this.#copyOf(entry));
    else this.list.pending.show(this.#copyOf(entry)); // what is being read stays where it is
    entry.hasRisen = isNext;
    this.#outbox.add(entry, this.list.tip);
  }

  async #post(entry) {
    if (!entry.hasRisen) this.list.rise(entry.id);
    entry.hasRisen = true;
    const { id, text, parent, fields } = entry;
    const data = new FormData();
    const all = [...fields, ["client_id", id], ["text", text], ["parent", parent]];
    for (const [name, value] of all) data.append(name, value);
    return (await post(`/c/${this.#conversation}/messages`, data)).json();
  }

  get #conversation() {
    return this.list.dataset.conversation;
  }

  #restore() {
    if (!this.list.dataset.url && this.shelf.begun) this.composer.begin(this.shelf.begun);
    const entries = this.shelf.entriesOf(this.#conversation);
    for (const entry of entries) this.list.pending.show(this.#copyOf(entry));
    // Its draft ends when the server has the message, and then it must not stand in the box as well.
    if (entries.some(({ id }) => id === this.composer.box.clientId)) this.composer.empty();
    this.#outbox.restore(entries);
    this.#show();
  }

  #copyOf({ id, text, images }) {
    const article = this.querySelector("template").content.querySelector("article").cloneNode(true);
    article.dataset.clientId = id;
    article.querySelector("[data-part=text]").textContent = text;
    article.querySelector("[data-images]").append(...images.flatMap(({ sent }) => parse(sent)));
    return article;
  }

  /** Says at each copy where it stands, and keeps all for the time after a reload. */
  #show() {
    const { entries } = this.#outbox;
    const { offline: connection, busy } = this.dataset;
    const says = { connection, busy, "sign-in": this.dataset.signedOut, reply: this.dataset.reply };
    for (const entry of entries) {
      const sentence = entry.held ? entry.sentence : says[this.#outbox.reasonOf(entry)];
      this.list.pending.mark(entry.id, entry.held ? "unsent" : "sending", sentence ?? "");
      if (sentence && !entry.held && sentence !== this.#spoken) this.list.say(sentence);
      this.#spoken = sentence;
    }
    document.querySelector("#main").toggleAttribute("data-empty", this.list.isEmpty);
    this.shelf.keep(this.#conversation, !this.list.dataset.url, entries);
  }

  #rename(id, old) {
    this.list.pending.rename(old, id);
    this.#chips.set(id, this.#chips.get(old) ?? []);
  }

  /** What must not go out any more: the first back into the box if that is free, the others stay
   *  where they are, in their order. */
  async #giveBack(entries, { reason, sentence }) {
    const words = sentence || (reason === "ended" ? this.dataset.ended : this.dataset.failed);
    for (const entry of entries) entry.sentence = words;
    if (reason === "moved") await this.list.catchUp();
    if (entries[0].held) this.#takeBack(entries[0]);
    this.composer.say(words);
  }

  /** Puts a message back into the composer; false when something else stands there. */
  #takeBack(entry) {
    if (!this.composer.isFree) return false;
    const { id, text, images } = entry;
    const chips = this.#chips.get(id) ?? images.flatMap(({ chip }) => parse(chip));
    this.composer.give({ text, clientId: id }, chips);
    this.#remove(entry);
    return true;
  }

  #remove({ id }) {
    this.list.pending.withdraw(id);
    this.#outbox.take(id);
  }

  #drop(entry) {
    this.#remove(entry);
    this.composer.box.drop(entry.id);
  }

  #act(button) {
    const id = button?.closest("article").dataset.clientId;
    const entry = this.#outbox.entries.find((each) => each.id === id);
    if (!entry) return;
    this.composer.say("");
    const action = button.dataset.outgoing;
    if (action === "resend") this.#resend(entry, button.closest("article"));
    if (action === "remove") this.#drop(entry);
    if (action === "edit" && !this.#takeBack(entry)) this.composer.say(this.dataset.full);
    if (action === "edit" || !TOUCH.matches) this.composer.focus();
  }

  #resend(entry, article) {
    this.list.pending.mark(entry.id, "sending", "");
    this.list.send(article);
    this.#outbox.add(entry, this.list.tip);
  }

  #askToSignIn() {
    document.dispatchEvent(new Event("signed-out"));
    document.dispatchEvent(new Event("sign-in:wanted"));
  }
}

/** What a later page makes an image's chip from, and its place in the copy of the message. */
function kept(chip) {
  const copy = chip.cloneNode(true);
  copy.removeAttribute("style"); // the progress of its upload, which the security policy allows no HTML
  return { chip: copy.outerHTML, sent: chip.sent.outerHTML };
}

customElements.define("message-outbox", MessageOutbox);
