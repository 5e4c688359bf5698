// Loads the lightbox once somebody reaches for an image. Without it an image is a link to its large version.

import { IMAGE } from "./articles.js";

let loading = null; // the promise of both files

function load() {
  const { script, stylesheet } = document.querySelector("image-lightbox").dataset;
  return Promise.all([
    append("link", { rel: "stylesheet", href: stylesheet }),
    append("script", { type: "module", src: script }),
  ]);
}

function append(name, properties) {
  const element = Object.assign(document.createElement(name), properties);
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}

/** A page from before a deploy may ask for a script that is gone. */
async function openOnceLoaded(link) {
  try {
    await loading;
    link.click();
  } catch {
    location.assign(link.href);
  }
}

function reach(event) {
  const link = event.target.closest?.(IMAGE);
  if (!link || customElements.get("image-lightbox")) return;
  loading ??= load();
  if (event.type !== "click") return void loading.catch(() => {}); // the click will show it
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openOnceLoaded(link);
}

for (const type of ["pointerover", "focusin", "click"]) document.addEventListener(type, reach);
