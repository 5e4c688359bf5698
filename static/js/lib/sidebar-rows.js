// The entries of the sidebar, in groups of pinned ones and of days.

/** Returns "running", "unread" or "". */
export function stateOf(entry) {
  return ["running", "unread"].find((state) => entry?.hasAttribute(`data-${state}`)) ?? "";
}

/** Marks an entry, for eyes and for ears. */
export function markState(entry, state, sentence) {
  for (const each of ["running", "unread"]) entry?.toggleAttribute(`data-${each}`, each === state);
  const link = entry?.querySelector("a");
  if (state) link?.setAttribute("aria-description", sentence);
  else link?.removeAttribute("aria-description");
}

export function findNeighbour(entry) {
  const entries = [...entry.closest("nav").querySelectorAll("li")];
  const index = entries.indexOf(entry);
  return entries[index + 1] ?? entries[index - 1];
}

/** Returns the list for an entry that was active just now: that of its project, nothing if that isn't open, or
 *  today's, which may be new. */
export function findPlace(nav, { dataset }, template) {
  if (dataset.project) return nav.querySelector(`[data-chats="${dataset.project}"]`);
  const fresh = template.content.firstElementChild;
  const first = nav.querySelector("[data-dated]");
  if (labelOf(first) === labelOf(fresh)) return first.querySelector("ul");
  const today = fresh.cloneNode(true);
  if (first) first.before(today);
  else nav.append(today);
  return today.querySelector("ul");
}

/** Joins the next page of the list to `nav`, in the place of the link to it. */
export function joinPage(nav, link, nodes) {
  // The current entry was there already, out of its place.
  for (const { dataset } of nodes.flatMap((node) => [...node.querySelectorAll("li")])) {
    nav.querySelector(`[data-conversation="${dataset.conversation}"]`)?.remove();
  }
  const last = [...nav.querySelectorAll(".group")].at(-1);
  link.replaceWith(...nodes);
  if (last && labelOf(last) === labelOf(nodes[0])) {
    last.querySelector("ul").append(...nodes[0].querySelectorAll("li"));
    nodes[0].remove();
  }
}

function labelOf(group) {
  return group?.querySelector("h2")?.textContent;
}
