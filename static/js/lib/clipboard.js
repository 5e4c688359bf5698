// Writes to the clipboard.

/** Writes one item; `parts` has a text, or a promise of it, for each type. The clipboard API exists on https and
 *  localhost only; on other pages the old command still works, for the plain text. */
export async function writeToClipboard(parts) {
  if (navigator.clipboard) {
    // The item takes the promises themselves: after an await, browsers may refuse to copy without another click.
    const blobs = Object.entries(parts).map(([type, text]) => [type, toBlob(type, text)]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    return;
  }
  const field = document.createElement("textarea");
  field.value = await parts["text/plain"];
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

async function toBlob(type, text) {
  return new Blob([await text], { type });
}
