// What the search palette offers beside the server's results: chats of the sidebar, and commands.

import { shown } from "./conversation.js";
import { load } from "./load.js";
import { loadReading } from "./reading-loader.js";

const ACCENTS = /[\u0300-\u036f]/g;

/** Returns text as it is compared: without case and accents. */
export function fold(text) {
  return text.normalize("NFKD").replace(ACCENTS, "").toLowerCase().trim();
}

/** Returns the chats that the sidebar shows. */
export function knownChats() {
  return linksIn("[data-conversation]");
}

/** Returns the projects that the sidebar shows. */
export function knownProjects() {
  return linksIn("div.conversation");
}

function linksIn(selector) {
  return [...document.querySelectorAll(`conversation-list ${selector} > a`)].map((link) => {
    const title = link.textContent.trim();
    return { href: link.href, title, name: fold(title) };
  });
}

/** Returns whether the page has what a command needs. */
export function canRun({ needs }) {
  return !needs || Boolean(document.querySelector(needs));
}

/** Runs a command: a shortcut by its name, a choice of theme, or a press of something on the page. */
export async function runCommand({ command, theme }) {
  if (theme !== undefined) return document.querySelector(`theme-switch [value="${theme}"]`).click();
  if (command === "new-chat") return document.querySelector("[data-new-chat]").click();
  if (command === "move") return moveShown();
  (await loadReading()).run(command);
}

async function moveShown() {
  const menu = await load("conversation-menu");
  menu.act("move", menu.list.findEntry(shown.id));
}
