// Makes HTML for other programs: no classes, no buttons, and formulas as LaTeX.

import { latexOf } from "./formulas.js";

const BLOCKS = "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre hr br table thead tbody tr th td dl dt dd";
const KEPT = new Set(`${BLOCKS} a code del em kbd s strong sub sup u`.split(" "));
const DROPPED = "button, .code-bar, .visually-hidden, [aria-hidden=true], script, style, template";
// Other programs don't know the page's style sheet. Browsers check what is copied against the page's
// Content-Security-Policy, which forbids styles, so a table gets its lines by attributes.
const TABLE = { border: 1, cellspacing: 0, cellpadding: 6 };
const LINKS = ["http:", "https:", "mailto:"];

/** Returns the HTML of what is in an element or a fragment, or with `wrapper` of that inside such an element. */
export function cleanHtml(node, wrapper = null) {
  const box = document.createElement("div");
  const parts = cleanChildren(node);
  if (wrapper) box.append(copyElement(wrapper, parts));
  else box.append(...parts);
  return box.innerHTML.trim();
}

function cleanChildren(node) {
  return [...node.childNodes].flatMap(clean);
}

function clean(node) {
  if (node.nodeType === Node.TEXT_NODE) return [node.data];
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(DROPPED)) return [];
  if (node.localName === "math") return [latexOf(node)];
  if (node.localName === "input") return [node.checked ? "☑ " : "☐ "];
  const parts = cleanChildren(node);
  const isKept = KEPT.has(node.localName) && !(node.localName === "a" && !isLink(node));
  return isKept ? [copyElement(node, parts)] : parts;
}

/** Whether a link still leads somewhere in another program. A link to a place in this page wouldn't. */
function isLink(node) {
  return LINKS.includes(node.protocol) && !node.getAttribute("href").startsWith("#");
}

function copyElement(node, parts) {
  const copy = document.createElement(node.localName);
  const { align, start } = node;
  if (node.localName === "a") copy.href = node.href;
  if (node.localName === "ol" && start > 1) copy.start = start;
  if (align) copy.align = align;
  if (node.localName === "table") for (const [name, value] of Object.entries(TABLE)) copy.setAttribute(name, value);
  if (getComputedStyle(node).direction === "rtl") copy.dir = "rtl";
  copy.append(...parts);
  return copy;
}
