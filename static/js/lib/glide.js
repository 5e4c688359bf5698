// Moves an element to the place that a change of the page gives it, instead of letting it jump.

const MILLISECONDS = 180;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** `mark` is the part of the element whose lower edge counts. */
export function glide(element, mark, change) {
  const before = mark.getBoundingClientRect().bottom;
  change();
  const way = before - mark.getBoundingClientRect().bottom;
  if (STILL.matches || !way) return;
  element.animate({ translate: [`0 ${way}px`, "0 0"] }, { duration: MILLISECONDS, easing: "ease-out" });
}
