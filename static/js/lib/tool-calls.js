// The tool calls of a reply: shows them, and describes them for screen readers.

import { morph, parse } from "./morph.js";

/** Returns the state of each call, by the id of its element. */
export function readCallStates(article) {
  return new Map(callsOf(article).map((call) => [call.id, call.dataset.state]));
}

/** Returns the lines of the calls whose state has changed since `before`, without their arguments and results.
 *  If `states` are given, only calls in these states count. */
export function describeCalls(article, before, ...states) {
  const changed = callsOf(article).filter(
    ({ id, dataset: { state } }) => before.get(id) !== state && (!states.length || states.includes(state)),
  );
  return changed.map((call) => call.querySelector(".tool-call-line").textContent).join(". ");
}

/** Updates a call: its line, and the note and the images below it. */
export function paintCall(article, html) {
  let before = null;
  for (const fresh of parse(html)) {
    const shown = article.querySelector(`#${fresh.id}`);
    if (shown) morph(shown, fresh);
    else before?.after(fresh);
    before = shown ?? fresh;
  }
}

function callsOf(article) {
  return [...article.querySelectorAll("[data-part=tool]")];
}
