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

function stepsOf(article) {
  return [...article.querySelectorAll("[data-slot=steps] > [data-part=tool]")];
}
