// Guards the person's page: after a sign-out no tab shows or keeps anything private.

import { CONNECTION_LOST, PERSON_LEFT, SESSION_EXPIRED, SESSION_TAKEN_OVER, dispatch } from "./events.js";

const NOBODY = "nobody"; // in the cookie, after a sign-out; a login that expires leaves it as it was
const MAX_SIGN_OUT = 10_000; // ms until the page is shown again because its sign-out led nowhere
const NOTE = "signed-out"; // key in the storage of all tabs; its value is the time of the sign-out
const root = document.documentElement;
const mine = root.dataset.person; // id; undefined on a page that anybody may see
let isSigningOut = false; // by a form of this page, which leads to another page
let hasLeft = false;

/** Returns the id of the person who signed in last, NOBODY, or "" in a browser that has lost the cookie. */
function readPerson() {
  return document.cookie.match(/(?:^|; )person=([^;]*)/)?.[1] ?? "";
}

function isMine() {
  const person = readPerson();
  return !person || person === mine;
}

function check() {
  if (!isMine() && !isSigningOut) leave();
}

function leave() {
  if (hasLeft) return;
  hasLeft = true;
  conceal();
  dispatch(document, PERSON_LEFT);
  document.title = "";
  document.body.replaceChildren(); // and with it the elements that save drafts when a page is left
  sessionStorage.clear();
  location.replace("/");
}

/** Blanks a page that stays in the browser's memory: Back would paint it before its scripts could check. */
function conceal() {
  root.toggleAttribute("data-concealed", true);
}

function reveal() {
  isSigningOut = false;
  if (isMine()) root.toggleAttribute("data-concealed", hasLeft);
  else leave();
}

function signOut() {
  isSigningOut = true;
  conceal();
  setTimeout(reveal, MAX_SIGN_OUT);
}

/** Removes what the tab's storage keeps of other people: every key includes its person. */
function forgetOthers() {
  const person = mine ?? readPerson();
  if (!person) return;
  for (const key of Object.keys(sessionStorage)) if (!key.includes(person)) sessionStorage.removeItem(key);
}

forgetOthers();
if (mine) {
  check();
  addEventListener("pagehide", conceal);
  addEventListener("pageshow", reveal);
  for (const type of ["storage", "focus"]) addEventListener(type, check);
  for (const type of ["visibilitychange", "resume", CONNECTION_LOST, SESSION_EXPIRED]) document.addEventListener(type, check);
  globalThis.cookieStore?.addEventListener("change", check); // missing on plain HTTP
  document.addEventListener(SESSION_TAKEN_OVER, leave);
  document.addEventListener("submit", ({ target }) => target.matches("[data-sign-out]") && signOut());
} else if (readPerson() === NOBODY) {
  localStorage.setItem(NOTE, Date.now());
}
