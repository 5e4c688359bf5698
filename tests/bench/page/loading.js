// Resolves with the ms since the navigation began once the page has painted and its composer works.
const painted = new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const entry = list.getEntriesByName("first-contentful-paint")[0];
    if (entry) resolve(entry.startTime);
  }).observe({ type: "paint", buffered: true });
});
const works = customElements.whenDefined("message-composer").then(() => performance.now());

const late = new Promise((_, reject) => setTimeout(reject, 10_000, new Error("not usable in 10 s")));

window.usable = Promise.race([late, Promise.all([painted, works]).then((moments) => Math.max(...moments))]);
