/** Copies of messages that the server does not have yet, below those that it has. First those on
 *  their way, then those that were not sent. */
export class Pending {
  #messages;

  constructor(messages) {
    this.#messages = messages;
  }

  find(clientId) {
    return clientId && this.#messages.querySelector(`[data-client-id="${clientId}"][data-message=""]`);
  }

  /** Puts a copy where it is its turn. The server may have the message already, then there is none. */
  show(article) {
    const { clientId } = article.dataset;
    if (this.#messages.querySelector(`[data-client-id="${clientId}"]:not([data-message=""])`)) return;
    this.find(clientId)?.remove();
    this.#messages.insertBefore(article, this.#messages.querySelector(":scope > [data-status=unsent]"));
  }

  /** Tells why a copy waits, or with "unsent" why it was not sent. Without a sentence it is on its way. */
  mark(clientId, status, sentence) {
    const article = this.find(clientId);
    if (!article) return;
    article.dataset.status = status;
    for (const part of article.querySelectorAll(".outgoing")) {
      const isError = part.dataset.part === "error";
      const isMeant = isError === (status === "unsent");
      part.hidden = !isMeant || !(isError || sentence);
      part.querySelector("[data-sentence]").textContent = isMeant ? sentence : "";
    }
  }

  rename(clientId, newId) {
    const article = this.find(clientId);
    if (article) article.dataset.clientId = newId;
  }

  withdraw(clientId) {
    this.find(clientId)?.remove();
  }
}
