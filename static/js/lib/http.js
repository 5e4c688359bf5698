// Requests to the server: forms with the session's token, uploads, and errors with the server's own sentence.

// The guard comes first: nothing is sent from another person's page.
import "./guard.js";
import { SESSION_TAKEN_OVER, dispatch } from "./events.js";
import { person } from "./page.js";

const HEADERS = { Accept: "application/json" };
const TIMEOUT = 40_000; // ms; a proxy fails after 30 s, a dead connection never
const SHORT_TIMEOUT = 10_000; // ms, for requests that are answered at once and retried
const LARGE = 250_000; // characters or bytes; the server may refuse a larger body while it is still sent
const MAX_TRIES = 6; // of an upload, while the server is busy
const REASONS = ["moved", "running", "already_sent", "gone", "expired"]; // refusals that the page can handle

/** A failed request. `status` is 0 when the server was not reached; `sentence` is the
 *  server's own, or ""; `fields` has one for each field that is wrong; `html` is a question that the
 *  person may answer; `reason` is one of REASONS;
 *  `retryAfter` is how many seconds a busy server asks to wait, or 0. */
export class RequestError extends Error {
  constructor(status, { error = "", fields = {}, html = "", ...marks } = {}, retryAfter = 0) {
    super(error || `Request failed (${status})`);
    this.status = status;
    this.sentence = error;
    this.fields = fields;
    this.html = html;
    this.reason = REASONS.find((reason) => marks[reason]) ?? "";
    this.retryAfter = Number(retryAfter) || 0;
  }
}

export async function getText(url) {
  return (await request(url, { timeout: SHORT_TIMEOUT })).text();
}

/** Returns the text before anything else happens, for a page that is about to be printed; "" if that fails. */
export function getTextNow(url) {
  const call = new XMLHttpRequest();
  call.open("GET", url, false);
  call.setRequestHeader("Accept", HEADERS.Accept);
  try {
    call.send();
  } catch {
    return "";
  }
  return call.status === 200 ? call.responseText : "";
}

export async function getJson(url) {
  return (await request(url, { timeout: SHORT_TIMEOUT })).json();
}

/** Posts a form; `fields` is a FormData or a plain object. Returns the response. With `keepalive`
 *  (small forms only) the request continues when the page is left. */
export function post(url, fields, { keepalive = false } = {}) {
  return withSession((body) => request(url, { method: "POST", body, keepalive }), fields);
}

/** Uploads with progress, which fetch doesn't report, and returns the server's JSON. onProgress(share): at 1
 *  all has arrived and the server works on it. An upload may be slow, but fails after TIMEOUT without progress.
 *  While the server is busy it is retried. */
export async function upload(url, fields, options, tries = 1) {
  try {
    return await withSession((body) => uploadOnce(url, body, options), fields);
  } catch (error) {
    if (!error.retryAfter || tries === MAX_TRIES) throw error;
    options.onProgress(0);
    await pause(error.retryAfter * 1000, options.signal);
    return upload(url, fields, options, tries + 1);
  }
}

/** Takes over the session that the server reports: the token of every form on the page. Throws when it
 *  belongs to somebody else than the person whose page this is. */
export function adoptSession({ person: signedIn, token }) {
  if (signedIn && person && signedIn !== person) {
    dispatch(document, SESSION_TAKEN_OVER);
    throw new RequestError(401);
  }
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
}

/** Asks who is signed in; returns the id of the person, or null. */
export async function renewToken() {
  const session = await getJson(document.querySelector("[data-session-url]").dataset.sessionUrl);
  adoptSession(session);
  return session.person;
}

/** Sends fields with the session's token. A sign-in in another tab changes it: then the new one is fetched and
 *  the fields are sent again. */
async function withSession(send, fields) {
  const body = withToken(fields);
  try {
    return await send(body);
  } catch (error) {
    // The server refuses a large form of a person who is signed out before all has arrived; the browser
    // may miss that answer.
    if (error.status === 0 && sizeOf(body) > LARGE && !(await renewToken())) throw new RequestError(401);
    if (error.reason !== "expired") throw error;
    await renewToken();
    return send(withToken(fields));
  }
}

function sizeOf(body) {
  return [...body.values()].reduce((sum, value) => sum + (value.size ?? value.length), 0);
}

function uploadOnce(url, body, { onProgress, signal }) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const call = new XMLHttpRequest();
    const fail = (error) => (reject(error), call.abort());
    const late = () => fail(new RequestError(0));
    let silence = setTimeout(late, TIMEOUT);
    call.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      clearTimeout(silence);
      silence = setTimeout(late, TIMEOUT);
      if (lengthComputable) onProgress(loaded / total);
    };
    call.upload.onload = () => onProgress(1);
    call.onload = () => {
      const answer = parse(call.responseText);
      if (call.status >= 200 && call.status < 300) resolve(answer);
      else reject(new RequestError(call.status, answer, call.getResponseHeader("Retry-After")));
    };
    call.onerror = () => reject(new RequestError(0));
    call.onloadend = () => clearTimeout(silence);
    signal.addEventListener("abort", () => fail(signal.reason));
    call.open("POST", url);
    call.setRequestHeader("Accept", HEADERS.Accept);
    call.send(body);
  });
}

/** Returns an answer whose body has arrived too: that can fail like the request itself. */
async function request(url, { timeout = TIMEOUT, ...options } = {}) {
  let response, body;
  try {
    response = await fetch(url, { ...options, headers: HEADERS, signal: AbortSignal.timeout(timeout) });
    body = await response.text();
  } catch {
    throw new RequestError(0); // the server was not reached in time, or the connection was lost
  }
  const { ok, status, headers } = response;
  if (ok) return { status, text: () => body, json: () => JSON.parse(body) };
  throw new RequestError(status, parse(body), headers.get("Retry-After"));
}

function withToken(fields) {
  const data = new FormData();
  const entries = fields instanceof FormData ? fields : Object.entries(fields ?? {});
  for (const [name, value] of entries) data.append(name, value);
  data.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  return data;
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}

/** Returns the JSON of an answer, or {} for a proxy's error page, which is HTML. */
function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
