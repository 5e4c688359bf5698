// A question from the server, in a dialog.

import { parse } from "./morph.js";

/** Shows the HTML of a form with a heading; returns a promise of whether the person agreed. */
export function ask(html) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.append(...parse(html));
  dialog.setAttribute("aria-labelledby", dialog.querySelector("h2").id);
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("submit", (event) => (event.preventDefault(), dialog.close("yes")));
    dialog.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) event.preventDefault(), dialog.close();
    });
    dialog.addEventListener("close", () => (dialog.remove(), resolve(dialog.returnValue === "yes")));
    dialog.showModal();
  });
}
