// Makes elements equal to new HTML with as few changes as possible.

/** Set by the page or the person, and missing in the server's HTML. */
const OWN_ATTRIBUTES = new Set(["style", "open", "tabindex", "aria-expanded", "aria-pressed", "data-wrapped"]);
/** Elements in which a line break is part of the text. */
const TEXT = "pre, textarea, [data-part=text], [data-reasoning]";

/** Returns the elements in a piece of HTML. Nothing in them runs or loads until they join the page. */
export function parse(html) {
  return [...fragment(html).children];
}

/** Makes `element` hold this HTML and changes no more than needed: selection, focus and scroll stay. */
export function morphInner(element, html) {
  morphChildren(element, fragment(html));
}

/** Makes `from` equal to `to`, attributes and all. */
export function morph(from, to) {
  if (from.isEqualNode(to)) return;
  morphAttributes(from, to);
  if (!from.hasAttribute("data-keep")) morphChildren(from, to);
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

function morphChildren(from, to) {
  const skipLayout = (node) => {
    while (node && isLayout(node) && !from.closest(TEXT)) node = node.nextSibling;
    return node;
  };
  let old = skipLayout(from.firstChild);
  for (let fresh = skipLayout(to.firstChild); fresh; ) {
    const next = skipLayout(fresh.nextSibling);
    if (old && !isAlike(old, fresh) && isAlike(skipLayout(old.nextSibling), fresh)) old = skipLayout(removeNode(old));
    if (isAlike(old, fresh)) {
      morphNode(old, fresh);
      old = skipLayout(old.nextSibling);
    } else {
      from.insertBefore(fresh, old);
    }
    fresh = next;
  }
  while (old) old = removeNode(old);
}

/** White space with a line break only lays out the source of the HTML. */
function isLayout(node) {
  return node.nodeType === Node.TEXT_NODE && node.data.includes("\n") && !node.data.trim();
}

function isAlike(old, fresh) {
  return old?.nodeName === fresh.nodeName && old.id === fresh.id && old.dataset?.part === fresh.dataset?.part;
}

function removeNode(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function morphNode(from, to) {
  if (from.nodeType === Node.ELEMENT_NODE) morph(from, to);
  else if (from.data !== to.data) morphText(from, to.data);
}

/** Appending keeps a selection that ends in this text; setting the whole would drop it. */
function morphText(node, data) {
  if (data.startsWith(node.data)) node.appendData(data.slice(node.length));
  else node.data = data;
}

function morphAttributes(from, to) {
  for (const { name, value } of to.attributes) {
    if (!OWN_ATTRIBUTES.has(name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (!OWN_ATTRIBUTES.has(name) && !to.hasAttribute(name)) from.removeAttribute(name);
  }
}
