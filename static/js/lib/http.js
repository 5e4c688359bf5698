const HEADERS = { Accept: "application/json" };
const PATIENCE = 40_000; // ms; a proxy gives up after 30 s, a dead line never would

/** A request that did not work. `status` is 0 when the server was not reached;
 *  `sentence` is the server's own, or ""; `fields` has one for each field that is wrong. */
export class RequestError extends Error {
  constructor(status, sentence = "", fields = {}) {
    super(sentence || `Request failed (${status})`);
    this.status = status;
    this.sentence = sentence;
    this.fields = fields;
  }
}

export const getText = (url) => request(url).then((response) => response.text());
export const getJson = (url) => request(url).then((response) => response.json());

/** Posts a form; `fields` is a FormData or a plain object. Gives the response. With `keepalive`
 *  (small forms only) the request goes on when the page is left. */
export function post(url, fields, { keepalive = false } = {}) {
  return request(url, { method: "POST", body: withToken(fields), keepalive });
}

/** Uploads with progress (fetch can't tell it) and gives the server's JSON. onProgress(share): 1 is
 *  when all has arrived and the server works on it. A file may take its time; silence may not. */
export function upload(url, fields, { onProgress, signal }) {
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
      const body = parse(call.responseText);
      if (call.status >= 200 && call.status < 300) resolve(body);
      else reject(new RequestError(call.status, body.error));
    };
    call.onerror = () => reject(new RequestError(0));
    call.onloadend = () => clearTimeout(silence);
    signal.addEventListener("abort", () => fail(signal.reason));
    call.open("POST", url);
    call.setRequestHeader("Accept", HEADERS.Accept);
    call.send(withToken(fields));
  });
}

async function request(url, options = {}) {
  let response;
  try {
    response = await fetch(url, { ...options, headers: HEADERS, signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    throw new RequestError(0); // fetch rejects only when the server was not reached in time
  }
  if (response.ok) return response;
  const { error, fields } = parse(await response.text());
  throw new RequestError(response.status, error, fields);
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
    return JSON.parse(text);
  } catch {
    return {};
  }
}
