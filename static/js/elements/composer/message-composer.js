// The form for messages: sends the text and the images, and stops a running reply.

import "./message-box.js";
import "./message-draft.js";
import "../images/image-attacher.js";
import { shown } from "../../lib/conversation.js";
import { BOX_REQUESTED, HINT_CHANGED, IMAGES_CHANGED, REPLY_CHANGED, REQUEST_FAILED } from "../../lib/events.js";
import { CONVERSATION_BEGUN, LIVE_CONVERSATION_CHANGED, dispatch, listen } from "../../lib/events.js";
import { MESSAGE_ACCEPTED, MESSAGE_RETURNED, MESSAGE_SENDING, MESSAGE_SUBMITTED } from "../../lib/events.js";
import { glide } from "../../lib/glide.js";
import { RequestError, post } from "../../lib/http.js";
import { isLonger } from "../../lib/length.js";
import { parse } from "../../lib/morph.js";
import { isDialogOpen, isPopoverOpen } from "../../lib/page.js";

class MessageComposer extends HTMLElement {
  #isWaiting = false; // for uploads
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    this.form = this.querySelector("[data-composer]");
    this.box = this.querySelector("message-box");
    this.hint = this.querySelector("[data-hint]");
    this.stopForm = this.querySelector("#stop-form");
    this.images = this.querySelector("image-attacher");
    if (!shown.url) this.#pointToNewConversation();
    this.form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.stopForm.addEventListener("submit", (event) => this.#stop(event), { signal });
    this.box.addEventListener("input", () => this.#noteEdit(), { signal });
    document.addEventListener("keydown", (event) => this.#stopByKey(event), { signal });
    listen(this, IMAGES_CHANGED, () => this.#isWaiting && this.#submit(), signal);
    listen(document, HINT_CHANGED, (hint) => this.#showHint(hint.sentence, hint.html), signal);
    listen(document, REQUEST_FAILED, ({ sentence }) => this.#showHint(sentence || this.dataset.offline), signal);
    listen(document, BOX_REQUESTED, ({ onTouch }) => (onTouch ? this.box.focus() : this.box.refocus()), signal);
    listen(document, REPLY_CHANGED, (reply) => this.#showRunning(reply), signal);
    listen(document, MESSAGE_ACCEPTED, ({ conversation }) => shown.enter(conversation.url), signal);
    listen(document, MESSAGE_RETURNED, (message, event) => this.#restore(message, event), signal);
    listen(document, CONVERSATION_BEGUN, ({ url }) => (this.form.action = `${url}messages`), signal);
    listen(document, LIVE_CONVERSATION_CHANGED, (event) => this.#follow(event), signal);
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  /** The first message begins a conversation, whose id the page has made. */
  #pointToNewConversation() {
    this.form.elements.conversation.value = shown.id;
    this.form.action = `/c/${shown.id}/messages`;
  }

  #submit(event) {
    event?.preventDefault();
    const obstacle = this.#findObstacle();
    this.#isWaiting = obstacle === this.dataset.uploading;
    this.#showHint(obstacle ?? "");
    if (obstacle !== null) return;
    // Settings are sent with the first message only.
    if (!shown.url && !dispatch(document, MESSAGE_SENDING)) return;
    // The first message ends the empty page, where the box is in the middle.
    glide(this, this.form, () => this.#handOver(new FormData(this.form)));
    this.box.refocus();
  }

  #handOver(fields) {
    this.box.clear();
    dispatch(document, MESSAGE_SUBMITTED, { fields, chips: this.images.clear() });
  }

  /** Returns the reason why the message can't be sent now, "" if there is no message, or null if it can be sent. */
  #findObstacle() {
    if (!this.box.value.trim() && this.images.isEmpty) return "";
    if (isLonger(this.box.value, +this.dataset.max)) return this.dataset.tooLong;
    if (this.images.hasFailed) return this.dataset.failedImages;
    return this.images.isBusy ? this.dataset.uploading : null;
  }

  #showHint(sentence, html = "") {
    this.hint.replaceChildren(sentence, ...parse(html));
  }

  /** Puts an unsent message back, or refuses it if the box or the images aren't empty. */
  #restore({ chips, ...message }, event) {
    if (this.box.value || !this.images.isEmpty) return event.preventDefault();
    this.box.restore(message);
    this.images.restore(chips);
  }

  #showRunning({ isUnfinished, stopUrl }) {
    this.toggleAttribute("data-running", isUnfinished);
    if (isUnfinished) this.stopForm.action = stopUrl;
  }

  /** Enters the conversation once it exists, which the socket often reports before the request is answered. */
  #follow({ conversation, html }) {
    if (conversation === shown.id) shown.enter(parse(html)[0].querySelector("a").getAttribute("href"));
  }

  async #stop(event) {
    event.preventDefault();
    this.box.refocus(); // the button goes
    try {
      await post(this.stopForm.action);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#showHint(error.sentence || this.dataset.offline);
    }
  }

  #stopByKey(event) {
    if (event.key !== "Escape" || event.isComposing || !this.hasAttribute("data-running")) return;
    if (!isDialogOpen() && !isPopoverOpen()) this.stopForm.requestSubmit();
  }

  /** An edit cancels a message that waits for its uploads: the person has to send it again. */
  #noteEdit() {
    if (this.#isWaiting) this.#showHint("");
    this.#isWaiting = false;
  }
}

customElements.define("message-composer", MessageComposer);
