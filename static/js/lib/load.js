// Loads what the first load of a page does without: a script, its stylesheet and its HTML.

import { getText } from "./http.js";

const RETRY = 10_000; // ms after a failure
const loading = new Map(); // name of the element > promise of it

/** Returns a promise of the element `name`, which names its files, once its script has run. The script comes last:
 *  a click before the stylesheet is there would show the element without any style. */
export function load(name) {
  if (!loading.has(name)) {
    const files = loadFiles(document.querySelector(name));
    files.catch(() => setTimeout(() => loading.delete(name), RETRY));
    loading.set(name, files);
  }
  return loading.get(name);
}

async function loadFiles(element) {
  const { script, stylesheet, html } = element.dataset; // the last two only where there are any
  append("link", { rel: "modulepreload", href: script }).catch(() => {}); // the script's own request reports it
  const [text] = await Promise.all([html && getText(html), stylesheet && append("link", { rel: "stylesheet", href: stylesheet })]);
  if (text) element.innerHTML = text;
  await append("script", { type: "module", src: script });
  return element;
}

function append(name, properties) {
  const element = Object.assign(document.createElement(name), properties);
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}
