const HEADERS = { Accept: "application/json" };
const PATIENCE = 40_000; // ms; a proxy gives up after 30 s, a dead line never would
const SHORT_PATIENCE = 10_000; // ms, for what is answered at once and asked again
const LARGE = 250_000; // characters or bytes; the server may refuse more before all has arrived
const REASONS = ["moved", "running", "spent", "gone", "expired"]; // marks of refusals with a way out

/** A request that did not work. `status` is 0 when the server was not reached; `sentence` is the
 *  server's own, or ""; `fields` has one for each field that is wrong; `reason` is one of REASONS;
 *  `retryAfter` is how many seconds a busy server asks to wait, or 0. */
export class RequestError extends Error {
  constructor(status, { error = "", fields = {}, ...marks } = {}, retryAfter = 0) {
    super(error || `Request failed (${status})`);
    this.status = status;
    this.sentence = error;
    this.fields = fields;
    this.reason = REASONS.find((reason) => marks[reason]) ?? "";
    this.retryAfter = Number(retryAfter) || 0;
  }
}

const NEWS = { patience: SHORT_PATIENCE };
export const getText = (url) => request(url, NEWS).then((response) => response.text());
export const getJson = (url) => request(url, NEWS).then((response) => response.json());

/** Posts a form; `fields` is a FormData or a plain object. Gives the response. With `keepalive`
 *  (small forms only) the request goes on when the page is left. */
export function post(url, fields, { keepalive = false } = {}) {
  return withSession((body) => request(url, { method: "POST", body, keepalive }), fields);
}

/** Uploads with progress (fetch can't tell it) and gives the server's JSON. onProgress(share): 1 is
 *  when all has arrived and the server works on it. A file may take its time; silence may not. */
export function upload(url, fields, options) {
  return withSession((body) => uploadOnce(url, body, options), fields);
}

/** Takes over who is signed in, as the server told it: the token of every form on the page. Throws
 *  when it is somebody else than the person whose page this is. */
export function enterSession({ person, token }) {
  const mine = document.documentElement.dataset.person;
  if (person && mine && person !== mine) {
    document.dispatchEvent(new Event("session:other"));
    throw new RequestError(401);
  }
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
}

/** Asks who is signed in; gives the id of the person, or null. */
export async function renewToken() {
  const session = await getJson(document.querySelector("[data-session-url]").dataset.sessionUrl);
  enterSession(session);
  return session.person;
}

/** A sign-in in another tab changes the token of forms: takes the new one and tries again. */
async function withSession(send, fields) {
  const body = withToken(fields);
  try {
    return await send(body);
  } catch (error) {
    // The server refuses a large form of somebody who is signed out while the browser still sends it;
    // a browser may then miss the answer.
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
    let silence = setTimeout(late, PATIENCE);
    call.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      clearTimeout(silence);
      silence = setTimeout(late, PATIENCE);
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

async function request(url, { patience = PATIENCE, ...options } = {}) {
  let response;
  try {
    response = await fetch(url, { ...options, headers: HEADERS, signal: AbortSignal.timeout(patience) });
  } catch {
    throw new RequestError(0); // fetch rejects only when the server was not reached in time
  }
  if (response.ok) return response;
  throw new RequestError(response.status, parse(await response.text()), response.headers.get("Retry-After"));
}

function withToken(fields) {
  const data = new FormData();
  const entries = fields instanceof FormData ? fields : Object.entries(fields ?? {});
  for (const [name, value] of entries) data.append(name, value);
  data.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  return data;
}

/** The JSON of an answer; a proxy's error page is HTML and says nothing to a person. */
function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
