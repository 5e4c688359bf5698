const DAY = 24 * 60 * 60 * 1000; // ms
const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

// The server groups conversations by the reader's days.
const zone = encodeURIComponent(full.resolvedOptions().timeZone);
document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;

/** Writes the time inside it in the reader's zone. */
class LocalTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    const moment = new Date(time.dateTime);
    time.textContent = (Date.now() - moment < DAY ? clock : full).format(moment);
    time.title = full.format(moment);
  }
}

customElements.define("local-time", LocalTime);
