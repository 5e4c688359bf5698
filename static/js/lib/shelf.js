const PREFIX = "outbox:"; // in this tab's session storage, per person and conversation

/** Keeps one person's waiting messages over a reload or a discarded tab. */
export class Shelf {
  #own;

  constructor(person) {
    this.#own = `${PREFIX}${person}:`;
  }

  /** `isNew`: the server does not know this conversation yet. */
  keep(conversation, isNew, entries) {
    const key = this.#own + conversation;
    sessionStorage.removeItem(key);
    if (!entries.length) return;
    try {
      sessionStorage.setItem(key, JSON.stringify({ isNew, entries }));
    } catch (error) {
      // Megabytes of text: there is no room for it, and it waits in this page alone.
      if (error.name !== "QuotaExceededError") throw error;
    }
  }

  entriesOf(conversation) {
    return this.#read(this.#own + conversation).entries;
  }

  /** The id of a conversation that was begun in this tab and that the server does not know, or "". */
  get begun() {
    const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(this.#own));
    return keys.find((key) => this.#read(key).isNew)?.slice(this.#own.length) ?? "";
  }

  #read(key) {
    return JSON.parse(sessionStorage.getItem(key) ?? '{"entries":[]}');
  }
}
