// A question from the server, in a dialog.

import { parse } from "./morph.js";

/** Shows the HTML of a form with a heading; returns a promise of the form's fields if the person agreed, else null. */
export function ask(html) {
  const dialog = document.createElement("dialog");
  let fields = null;
  dialog.className = "dialog";
  dialog.append(...parse(html));
  dialog.setAttribute("aria-labelledby", dialog.querySelector("h2").id);
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("submit", (event) => {
      event.preventDefault();
      fields = new FormData(event.target, event.submitter);
      dialog.close();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) event.preventDefault(), dialog.close();
    });
    dialog.addEventListener("close", () => (dialog.remove(), resolve(fields)));
    dialog.showModal();
  });
}
