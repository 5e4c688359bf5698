// Writes the time inside it in the reader's time zone.

const DAY = 24 * 60 * 60 * 1000; // ms
const language = document.documentElement.lang;
const shortFormat = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const fullFormat = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

// The server groups conversations by the reader's days.
const zone = encodeURIComponent(fullFormat.resolvedOptions().timeZone);
document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;

class LocalTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    const date = new Date(time.dateTime);
    time.textContent = (Date.now() - date < DAY ? shortFormat : fullFormat).format(date);
    time.title = fullFormat.format(date);
  }
}

customElements.define("local-time", LocalTime);
