// Whose page this is, and whose browser: after a sign-out nothing private is shown or kept in any tab.

import { CONNECTION_LOST, PERSON_LEFT, SESSION_EXPIRED, SESSION_TAKEN_OVER, dispatch } from "./events.js";

const NOBODY = "nobody"; // in the cookie, after a sign-out; a login that expires leaves it as it was
const NO_ANSWER = 10_000; // ms until a sign-out that leads nowhere gives the page back
const NEWS = "signed-out"; // in the storage that all tabs share: when it was
const root = document.documentElement;
const mine = root.dataset.person; // undefined on a page that anybody may see
let isSigningOut = false; // from here: the page goes by itself
let hasLeft = false;

/** The id of the person who signed in last, NOBODY, or "" in a browser that has lost the cookie. */
function whoIsHere() {
  return document.cookie.match(/(?:^|; )person=([^;]*)/)?.[1] ?? "";
}

function isMine() {
  const here = whoIsHere();
  return !here || here === mine;
}

function look() {
  if (!isMine() && !isSigningOut) leave();
}

function leave() {
  if (hasLeft) return;
  hasLeft = true;
  conceal();
  dispatch(document, PERSON_LEFT);
  document.title = "";
  document.body.replaceChildren(); // and with it whatever would save what was typed as the page goes
  sessionStorage.clear();
  location.replace("/");
}

/** A page that waits in the browser's memory is blank: it is painted before it could look around. */
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
  setTimeout(reveal, NO_ANSWER);
}

/** Every key of the tab's storage names its person. */
function forgetOthers() {
  const person = mine ?? whoIsHere();
  if (!person) return;
  for (const key of Object.keys(sessionStorage)) if (!key.includes(person)) sessionStorage.removeItem(key);
}

forgetOthers();
if (mine) {
  look();
  addEventListener("pagehide", conceal);
  addEventListener("pageshow", reveal);
  for (const news of ["storage", "focus"]) addEventListener(news, look);
  for (const news of ["visibilitychange", "resume", CONNECTION_LOST, SESSION_EXPIRED]) document.addEventListener(news, look);
  globalThis.cookieStore?.addEventListener("change", look); // missing where pages come over plain HTTP
  document.addEventListener(SESSION_TAKEN_OVER, leave);
  document.addEventListener("submit", ({ target }) => target.matches("[data-sign-out]") && signOut());
} else if (whoIsHere() === NOBODY) {
  localStorage.setItem(NEWS, Date.now());
}
