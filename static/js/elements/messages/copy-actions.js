import { RequestError, getJson } from "../../lib/http.js";

const SHOWN = 1500; // ms that a button says "Copied"

/** Copies messages and code, and wraps code, wherever on the page they stand. */
class CopyActions extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    document.addEventListener("click", (event) => this.#click(event.target.closest("button")), {
      signal: this.#end.signal,
    });
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  #click(button) {
    if (button?.matches("[data-copy-message]")) this.#copy(button, messageText(button.closest("article")));
    if (button?.dataset.codeAction === "copy") this.#copy(button, codeBlock(button).querySelector("code").textContent);
    if (button?.dataset.codeAction === "wrap") wrap(button);
  }

  async #copy(button, text) {
    await write(text);
    button.classList.add("copied");
    document.querySelector("[data-spoken]").textContent = this.dataset.copied;
    setTimeout(() => button.classList.remove("copied"), SHOWN);
  }
}

/** A reply is copied as markdown, which its state knows; a page without a line copies what it shows. */
async function messageText(article) {
  const text = article.querySelector("[data-part=text]");
  if (!article.dataset.stateUrl) return text.textContent;
  try {
    return (await getJson(article.dataset.stateUrl)).text;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return text.innerText;
  }
}

function codeBlock(button) {
  return button.closest(".code-block");
}

function wrap(button) {
  const wrapped = codeBlock(button).toggleAttribute("data-wrapped");
  button.setAttribute("aria-pressed", wrapped);
}

/** The clipboard exists on https and localhost only; elsewhere the old command still works. */
async function write(text) {
  if (navigator.clipboard) {
    // A promise goes in as it is: a browser that waited for it first would forget the click.
    const blob = Promise.resolve(text).then((copied) => new Blob([copied], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return;
  }
  const field = document.createElement("textarea");
  field.value = await text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

customElements.define("copy-actions", CopyActions);
