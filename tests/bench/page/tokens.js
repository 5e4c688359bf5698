// Notes when each numbered token of the model first stands in the document, and when Enter was pressed.
window.bench = {
  seen: [], // by number of token: performance.now() in ms
  enter: 0,
  watch(run) {
    this.seen = [];
    // A digit of the text after the last token must not count as one of its own.
    this.token = new RegExp(`w${run}x(\\d+)(?=\\s|$|w)`, "g");
  },
};

const TAIL = 200; // characters of a changed text that can hold a new token

function note({ target, addedNodes }) {
  if (!bench.token) return;
  const now = performance.now();
  for (const node of addedNodes.length ? addedNodes : [target]) {
    const found = [...node.textContent.slice(-TAIL).matchAll(bench.token)];
    if (!found.length) continue;
    // Tokens come in order, so all before the newest are there too.
    for (let index = bench.seen.length; index <= +found.at(-1)[1]; index++) bench.seen[index] = now;
  }
}

const changes = { childList: true, characterData: true, subtree: true };
new MutationObserver((records) => records.forEach(note)).observe(document, changes);
addEventListener("keydown", (event) => { if (event.key === "Enter") bench.enter = event.timeStamp; }, true);
