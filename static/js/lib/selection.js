// What is selected in the messages, as text and as HTML.

import { cleanHtml } from "./clean-html.js";
import { latexOf } from "./formulas.js";

const LISTS = "table, thead, tbody, tr, ul, ol"; // parts of these mean nothing alone

/** Returns the range that is selected in a reply's text, or null. */
export function selectedRange(root) {
  const selection = getSelection();
  const range = selection.type === "Range" ? selection.getRangeAt(0) : null;
  const part = range && elementOf(range.startContainer)?.closest("[data-role=assistant] > [data-part=text]");
  return part && root.contains(part) && selection.toString().trim() ? range : null;
}

/** Returns the selected text; formulas are in it as LaTeX. */
export function selectedText(root) {
  const selection = getSelection();
  const formulas = selectedFormulas(root);
  if (!formulas.length) return selection.toString();
  const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(0);
  const ends = [...outside(startContainer, startOffset, 0), ...outside(endContainer, endOffset, 1)];
  const copies = formulas.map((math) => {
    const text = document.createElement("span");
    text.append(latexOf(math));
    math.replaceWith(text);
    return [text, math];
  });
  selection.setBaseAndExtent(...ends); // a replaced node moves the ends of a selection in some browsers
  const text = selection.toString();
  for (const [copy, math] of copies) copy.replaceWith(math);
  selection.setBaseAndExtent(...ends);
  return text;
}

/** Returns the place of a selection's end, outside of a formula. */
function outside(node, offset, after) {
  const math = elementOf(node).closest("math");
  return math ? [math.parentNode, [...math.parentNode.childNodes].indexOf(math) + after] : [node, offset];
}

/** Returns the formulas that are selected, unless the selection is inside of one or in a field. */
export function selectedFormulas(root) {
  const selection = getSelection();
  if (selection.type !== "Range") return [];
  const place = elementOf(selection.getRangeAt(0).commonAncestorContainer);
  if (place?.closest("math, textarea")) return [];
  return [...root.querySelectorAll("math[alttext]")].filter((math) => selection.containsNode(math, true));
}

export function htmlOf(range) {
  const place = elementOf(range.commonAncestorContainer);
  const wrapper = place?.closest("pre") ?? (place?.matches(LISTS) ? place.closest("table, ul, ol") : null);
  return cleanHtml(range.cloneContents(), wrapper);
}

/** Returns a text as a quote in Markdown; code gets a fence, or its first signs would change what it is. */
export function quote(text, isCode) {
  const body = text.trim();
  const fence = "`".repeat(Math.max(3, ...[...body.matchAll(/`+/g)].map(([found]) => found.length + 1)));
  const lines = (isCode && body.includes("\n") ? `${fence}\n${body}\n${fence}` : body).split("\n");
  return lines.map((line) => `> ${line}`.trimEnd()).join("\n");
}

export function isCode(range) {
  return Boolean(elementOf(range.commonAncestorContainer)?.closest("pre"));
}

/** Returns the element that a node is or is in; null for the document. */
function elementOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
}
