import { morph, parse } from "./morph.js";

/** What those who hear the page are told about calls of tools: lines, never what went in or came out. */

export function statesOfSteps(article) {
  return new Map(stepsOf(article).map((step) => [step.id, step.dataset.state]));
}

/** The lines of the steps that stand differently from before; only those in `states`, if any are named. */
export function newsOfSteps(article, before, ...states) {
  const news = stepsOf(article).filter(
    ({ id, dataset: { state } }) => before.get(id) !== state && (!states.length || states.includes(state)),
  );
  return news.map((step) => step.querySelector(".step-line").textContent).join(". ");
}

/** Shows a step anew: its line, and below it a note and images where it has some. */
export function paintStep(article, html) {
  let before = null;
  for (const fresh of parse(html)) {
    const shown = article.querySelector(`#${fresh.id}`);
    if (shown) morph(shown, fresh);
    else before?.after(fresh);
    before = shown ?? fresh;
  }
}

function stepsOf(article) {
  return [...article.querySelectorAll("[data-slot=steps] > [data-part=tool]")];
}
