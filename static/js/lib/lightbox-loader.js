// Loads the lightbox once somebody reaches for an image. Without it an image is a link to its large version.

import { IMAGE } from "./articles.js";

let loading = null; // the promise of both files
let isMissing = false; // the files can't be loaded
let wanted = null; // the link that was clicked last meanwhile

/** The script comes after its stylesheet, or a click between the two would open the lightbox without any style. */
async function load() {
  const { script, stylesheet } = document.querySelector("image-lightbox").dataset;
  append("link", { rel: "modulepreload", href: script }).catch(() => {}); // the script's own request reports it
  await append("link", { rel: "stylesheet", href: stylesheet });
  await append("script", { type: "module", src: script });
}

function append(name, properties) {
  const element = Object.assign(document.createElement(name), properties);
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}

/** A page from before a deploy may ask for files that are gone, or there is no connection: then the link opens
 *  its own tab, and this page stays. */
async function openWanted() {
  await loading.catch(() => (isMissing = true));
  const link = wanted;
  wanted = null;
  link.click();
}

function reach(event) {
  const link = event.target.closest?.(IMAGE);
  if (!link || isMissing || customElements.get("image-lightbox")) return;
  loading ??= load();
  if (event.type !== "click") return void loading.catch(() => {}); // the click will show it
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const isWaiting = Boolean(wanted);
  wanted = link;
  if (!isWaiting) openWanted();
}

for (const type of ["pointerover", "focusin", "click"]) document.addEventListener(type, reach);
