// Copies of messages that the server doesn't have yet, below the messages that it has.

/** Messages on their way come first, then those that were not sent. */
export class PendingMessages {
  #messages;

  constructor(messages) {
    this.#messages = messages;
  }

  find(clientId) {
    return clientId && this.#messages.querySelector(`[data-client-id="${clientId}"][data-message=""]`);
  }

  /** Adds a copy in its place, unless the page shows the server's message already. */
  add(article) {
    const { clientId } = article.dataset;
    if (this.#messages.querySelector(`[data-client-id="${clientId}"]:not([data-message=""])`)) return;
    this.remove(clientId);
    this.#messages.insertBefore(article, this.#messages.querySelector(":scope > [data-status=unsent]"));
  }

  /** Shows why a message waits, or with "unsent" why it was not sent. Without a sentence it is on its way. */
  setStatus(clientId, status, sentence) {
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

  remove(clientId) {
    this.find(clientId)?.remove();
  }
}
