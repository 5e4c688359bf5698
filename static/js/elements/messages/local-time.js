// Writes the time inside it in the reader's time zone: the browser's, unless they chose another one.

const DAY = 24 * 60 * 60 * 1000; // ms
const { lang, dataset } = document.documentElement;
const formatOf = (dateStyle, timeZone = dataset.zone) => {
  try {
    return new Intl.DateTimeFormat(lang, { dateStyle, timeStyle: "short", timeZone });
  } catch {
    // An old browser doesn't know this zone.
    return formatOf(dateStyle, "UTC");
  }
};
const shortFormat = formatOf();
const fullFormat = formatOf("medium");

// The server groups conversations by the reader's days.
const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone);
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
