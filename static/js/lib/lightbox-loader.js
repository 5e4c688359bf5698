// Loads the lightbox once somebody reaches for an image. Without it an image is a link to its large version.

import { IMAGE } from "./articles.js";

let loading = null; // the promise of the script

function load() {
  const script = document.createElement("script");
  script.type = "module";
  script.src = document.querySelector("image-lightbox").dataset.script;
  return new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
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
