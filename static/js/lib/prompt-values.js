// Asks for the values of a prompt's variables, in a dialog with one field for each.

const TOUCH = matchMedia("(pointer: coarse)");
const COMPOSING = 229; // key code with which Safari reports the Enter that ended a composition

/** Returns a promise of the values, or of null when the person cancels. `dialog` is a fresh one of the template. */
export function askForValues(dialog, heading, variables) {
  dialog.querySelector("h2").textContent = heading;
  const row = dialog.querySelector("label");
  const rows = variables.map(({ name, value }) => {
    const copy = row.cloneNode(true);
    copy.querySelector("span").textContent = name;
    copy.querySelector("textarea").value = value;
    return copy;
  });
  row.replaceWith(...rows);
  const fields = rows.map((each) => each.querySelector("textarea"));
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("keydown", (event) => insertByKey(event, dialog));
    dialog.addEventListener("submit", (event) => (event.preventDefault(), dialog.close("insert")));
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "insert" ? fields.map((field) => field.value) : null);
    });
    dialog.showModal();
    fields[0].select();
  });
}

/** Enter inserts and Shift+Enter breaks the line; on touch keyboards Enter breaks the line. */
function insertByKey(event, dialog) {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === COMPOSING) return;
  if (!event.target.matches("textarea") || event.shiftKey || TOUCH.matches) return;
  event.preventDefault();
  dialog.close("insert");
}
