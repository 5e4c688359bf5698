// Tables as text: with tabs for spreadsheets, and as Markdown.

import { latexOf } from "./formulas.js";

const MARKS = { strong: "**", em: "*", code: "\x60", del: "~~" };
const ALIGNMENTS = { left: ":--", center: ":-:", right: "--:" };

export function toTsv(table) {
  return rowsOf(table, (cell) => inLine(plainText(cell))).map((cells) => cells.join("\t")).join("\n");
}

export function toMarkdown(table) {
  const [head, ...body] = rowsOf(table, (cell) => inLine(markdownOf(cell)).replaceAll("|", "\\|"));
  const line = [...table.rows[0].cells].map(({ align }) => ALIGNMENTS[align] ?? "---");
  return [head, line, ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function rowsOf(table, read) {
  return [...table.rows].map((row) => [...row.cells].map(read));
}

function inLine(text) {
  return text.replace(/\s+/g, " ").trim();
}

function plainText(node) {
  if (node.localName === "math") return latexOf(node);
  if (node.localName === "br") return " ";
  return node.childNodes.length ? [...node.childNodes].map(plainText).join("") : node.textContent;
}

function markdownOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return node.textContent;
  if (node.localName === "math" || node.localName === "br") return plainText(node);
  const text = [...node.childNodes].map(markdownOf).join("");
  if (node.localName === "a") return `[${text}](${node.href})`;
  const mark = MARKS[node.localName] ?? "";
  return mark + text + mark;
}
