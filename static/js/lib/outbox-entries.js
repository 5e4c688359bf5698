// The entries of the outbox: messages as plain data that survives a reload.
//
// Besides the keys that lib/outbox.js uses, an entry has `text`; `fields`: the others of its form; `images`: for
// each the HTML of its chip and of the image in the sent message; `isInPlace`: whether its copy was scrolled
// near the top; and `sentence`: why it was not sent.

import { showFolded } from "./folding.js";
import { parse } from "./morph.js";

const OWN_FIELDS = ["csrfmiddlewaretoken", "client_id", "parent", "text", "images"];

/** Creates an entry from the fields of the composer's form and the chips of its images. */
export function createEntry(data, chips) {
  const fields = [...data].filter(([name]) => !OWN_FIELDS.includes(name));
  const images = chips.map((chip) => ({ chip: chip.html, sent: chip.sent.outerHTML }));
  return { id: data.get("client_id"), text: data.get("text"), fields, images };
}

/** Returns the form that is posted. */
export function formOf({ id, text, parent, fields }) {
  const form = new FormData();
  const all = [...fields, ["client_id", id], ["text", text], ["parent", parent]];
  for (const [name, value] of all) form.append(name, value);
  return form;
}

/** Returns a copy of the message for the page; `article` is an empty one. */
export function createCopy(article, { id, text, images }) {
  const copy = article.cloneNode(true);
  copy.dataset.clientId = id;
  showFolded(copy.querySelector("[data-part=text]"), text);
  for (const sent of images.flatMap((image) => parse(image.sent))) {
    copy.querySelector(sent.matches(".document") ? "[data-documents]" : "[data-images]").append(sent);
  }
  return copy;
}

/** Returns the chips of a message that an earlier page stored. */
export function createChips({ images }) {
  return images.flatMap(({ chip }) => parse(chip));
}
