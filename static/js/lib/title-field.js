// Renames a chat in its place in the sidebar.

/** Shows a field in place of the title. Enter and leaving the field save, Escape doesn't; the link is focused again.
 *  `tools` sends the title and has the template of the field; onSaved(title). */
export function editTitle(entry, tools, onSaved) {
  if (entry.hasAttribute("data-editing")) return;
  const link = entry.querySelector("a");
  const old = link.textContent.trim();
  const field = tools.querySelector("[data-rename]").content.firstElementChild.cloneNode();
  let isOver = false;
  field.value = old;
  entry.toggleAttribute("data-editing", true);
  entry.prepend(field);
  field.select();
  field.focus();

  function leave(isByKey) {
    isOver = true;
    entry.removeAttribute("data-editing");
    field.remove();
    if (isByKey) link.focus();
  }

  async function save(isByKey) {
    if (isOver) return;
    const title = field.value.split(/\s+/).filter(Boolean).join(" ");
    if (!title || title === old) return leave(isByKey);
    isOver = true; // focus leaves a field that is removed, which would save once more
    const fields = new FormData();
    fields.set("title", title);
    if (await tools.send(`${link.pathname}title`, fields)) {
      leave(isByKey);
      onSaved(title);
    } else {
      isOver = false;
      field.focus();
    }
  }

  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Enter") save(true);
    else leave(true);
  });
  field.addEventListener("blur", () => document.hasFocus() && save(false));
}
