// The list on the page of the trash or of the archive: follows what happens in other tabs.

import { CONNECTION_OPENED, LIVE_CONVERSATION_DELETED, LIVE_SIDEBAR_CHANGED, listen } from "../../lib/events.js";
import { RequestError, getText } from "../../lib/http.js";
import { morphInner } from "../../lib/morph.js";
import { oneAtATime } from "../../lib/one-at-a-time.js";

class PutAwayList extends HTMLElement {
  #end = new AbortController();

  connectedCallback() {
    const { signal } = this.#end;
    const refresh = oneAtATime(() => this.#refresh()); // emptying a trash sends an event for each chat
    for (const type of [CONNECTION_OPENED, LIVE_CONVERSATION_DELETED, LIVE_SIDEBAR_CHANGED]) {
      listen(document, type, refresh, signal);
    }
  }

  disconnectedCallback() {
    this.#end.abort();
  }

  async #refresh() {
    if (this.querySelector(":popover-open")) return; // the person is about to answer a question
    try {
      morphInner(this, await getText(location.href));
    } catch (error) {
      // The next event fetches it again.
      if (!(error instanceof RequestError)) throw error;
    }
  }
}

customElements.define("put-away-list", PutAwayList);
