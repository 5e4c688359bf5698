// What the model that is chosen beside the message box costs to read with.

/** Returns dollars for a million tokens, 0 if they are unknown. */
export function chosenPrice() {
  return +(document.querySelector("model-controls [name=model]")?.selectedOptions[0]?.dataset.price ?? 0);
}
