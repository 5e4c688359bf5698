// What was chosen for a new chat, in this tab's storage: it lasts over a reload and is sent with the first message,
// also while the sheet of settings isn't there.

import { shown } from "./conversation.js";
import { CONVERSATION_BEGUN, MODEL_CHOSEN, listen } from "./events.js";
import { readStored, writeStored } from "./tab-storage.js";

const CHOSEN = ["settings", location.pathname]; // kind and place

/** The settings that only the sheet shows, besides the tools. Model and thinking are beside the message box, too. */
export const ONLY_IN_SHEET = ["instructions", "temperature", "top_p", "max_tokens"];

export const hasSheet = () => Boolean(customElements.get("settings-sheet"));

/** Returns what was chosen for the new chat that the page shows, by name, or null. */
export function readChosen() {
  return shown.url ? null : readStored(...CHOSEN);
}

export function keepChosen(values) {
  writeStored(...CHOSEN, Object.keys(values).length ? values : null);
}

function send({ target, formData }) {
  if (hasSheet() || !target.matches("[data-composer]")) return;
  const { model, thinking, ...others } = readChosen() ?? {};
  for (const [name, value] of Object.entries(others)) formData.set(name, value);
}

function begin({ url }) {
  keepChosen({});
  document.querySelector("settings-sheet").dataset.html = `${url}settings`; // unless it is there already
}

document.addEventListener("formdata", send);
listen(document, CONVERSATION_BEGUN, begin);
listen(document, MODEL_CHOSEN, (values) => hasSheet() || shown.url || keepChosen({ ...readChosen(), ...values }));
