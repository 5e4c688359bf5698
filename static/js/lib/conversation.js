// Which conversation the page shows: its id, and its URL once the server has it.

import { CONVERSATION_BEGUN, dispatch } from "./events.js";
import { findBegun } from "./outbox-storage.js";
import { uuid4 } from "./uuid.js";

const { conversation = "", url = "" } = document.querySelector(".app")?.dataset ?? {};
let path = location.pathname; // of the conversation

export const shown = {
  // An empty page continues the conversation that was begun in this tab. Otherwise it makes a new id: the
  // browser may show a cached page whose id is already used.
  id: url ? conversation : findBegun() || uuid4(),
  url, // "" while the server does not know the conversation

  /** Makes the empty page the page of its conversation; a second call does nothing. */
  enter(newUrl) {
    if (this.url) return;
    history.pushState(null, "", newUrl);
    path = location.pathname;
    this.url = newUrl;
    dispatch(document, CONVERSATION_BEGUN, { url: newUrl });
  },
};

// Back and forward lead to another conversation; a link inside the page does not.
addEventListener("popstate", () => location.pathname !== path && location.reload());
