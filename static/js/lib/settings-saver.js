// Saves the settings of the sheet, one request after the other.

import { shown } from "./conversation.js";
import { RequestError, post } from "./http.js";

export class SettingsSaver {
  #fields;
  #page;
  #ended = Promise.resolve(true); // of the newest request

  /** `page` has defaultsUrl; asDefault, a checkbox; onSaved(); and onFailed(error). */
  constructor(fields, page) {
    this.#fields = fields;
    this.#page = page;
  }

  /** Saves what is valid and the server doesn't have. With `isLeaving` also saves the defaults, if that is
   *  chosen. Returns a promise of whether it worked. */
  save({ isLeaving = false } = {}) {
    const run = () => this.#send(isLeaving);
    return (this.#ended = this.#ended.then(run, run));
  }

  /** Saves in a request that outlives the page. */
  saveLast() {
    const [url, values] = this.#next(true);
    if (url) post(url, values, { keepalive: true }).catch(() => {}); // nobody is left to report it to
  }

  async #send(isLeaving) {
    const [url, values] = this.#next(isLeaving);
    if (!url) return true;
    try {
      await post(url, values);
      Object.assign(this.#fields.saved, values);
      if (values.as_default) this.#page.asDefault.checked = false;
      this.#page.onSaved();
      return true;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#page.onFailed(error);
      return false;
    }
  }

  /** Returns the URL and the values of the next request, or nothing. */
  #next(isLeaving) {
    const { url } = shown;
    const isDefault = isLeaving && this.#page.asDefault.checked;
    // Fields that weren't edited here may have changed in another tab meanwhile. A new chat has none on the
    // server: its settings are sent with the first message.
    const values = this.#fields.valid(url ? this.#fields.edited : this.#fields.values);
    if (isDefault) return [url ? `${url}settings` : this.#page.defaultsUrl, { ...values, as_default: "on" }];
    return url && Object.keys(values).length ? [`${url}settings`, values] : [];
  }
}
