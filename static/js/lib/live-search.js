// Searches while somebody types: waits for a pause, and drops what an earlier request answers.

import { RequestError } from "./http.js";

const PAUSE = 120; // ms without a key
const TIMEOUT = 15_000; // ms
const HEADERS = { Accept: "application/json" };

export class LiveSearch {
  #request = new AbortController();
  #timer = 0;

  /** `url` is that of the page; onFound(html), onFailed(error) and onBusy(isBusy) are about the newest text. */
  constructor(url, hooks) {
    this.url = url;
    Object.assign(this, hooks);
  }

  find(text) {
    this.stop();
    if (!text.trim()) return;
    this.onBusy(true);
    const { signal } = (this.#request = new AbortController());
    this.#timer = setTimeout(() => this.#ask(text, signal), PAUSE);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#request.abort();
    this.onBusy(false);
  }

  /** Returns the HTML of another page of results. */
  async fetch(url, signal) {
    let response, body;
    try {
      const limit = AbortSignal.timeout(TIMEOUT);
      response = await fetch(url, { headers: HEADERS, signal: AbortSignal.any([signal, limit]) });
      body = await response.text();
    } catch {
      throw new RequestError(0);
    }
    if (response.ok) return body;
    const isJson = response.headers.get("Content-Type")?.includes("json");
    throw new RequestError(response.status, isJson ? JSON.parse(body) : {});
  }

  async #ask(text, signal) {
    try {
      const html = await this.fetch(`${this.url}?${new URLSearchParams({ q: text })}`, signal);
      if (!signal.aborted) this.onFound(html);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (!signal.aborted) this.onFailed(error);
    } finally {
      if (!signal.aborted) this.onBusy(false);
    }
  }
}
