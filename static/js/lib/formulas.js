// Formulas as text: their letters alone mean nothing.

/** Returns the LaTeX of a formula between dollars, as Markdown has it. */
export function latexOf(math) {
  const mark = math.getAttribute("display") ? "$$" : "$";
  return mark + sourceOf(math) + mark;
}

/** Returns the LaTeX of a formula. */
export function sourceOf(math) {
  return math.getAttribute("alttext") ?? math.textContent;
}
