// Paper gets the whole conversation: what isn't on the page yet is loaded first.

import { HINT_CHANGED, REQUEST_FAILED, dispatch } from "./events.js";
import { getTextNow } from "./http.js";

const find = (list) => list.querySelector("older-messages");

/** Loads piece by piece when printing is asked for by key. The browser's own menu doesn't wait for that. */
export function printWhole(list, signal) {
  let isLoading = false;
  const printByKey = async (event) => {
    if (!isPrintKey(event) || !find(list)) return;
    event.preventDefault();
    if (isLoading) return;
    isLoading = true;
    dispatch(document, HINT_CHANGED, { sentence: list.dataset.printingText });
    const isWhole = await loadAll(list);
    isLoading = false;
    dispatch(document, HINT_CHANGED, { sentence: "" });
    if (isWhole) print();
    else dispatch(document, REQUEST_FAILED, { sentence: "" });
  };
  addEventListener("keydown", printByKey, { signal });
  addEventListener("beforeprint", () => loadAllNow(list), { signal });
}

function isPrintKey({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  return ["p", "P"].includes(key) && (ctrlKey || metaKey) && !shiftKey && !altKey;
}

async function loadAll(list) {
  for (let older; (older = find(list)); ) if (!(await older.load())) return false;
  return true;
}

/** Does the same before anything else happens: the page stands still meanwhile. */
function loadAllNow(list) {
  const first = find(list);
  if (!first) return;
  list.keepPlace(first.nextElementSibling, () => {
    for (let older, html; (older = find(list)) && (html = getTextNow(older.url)); ) list.thread.insertOlder(older, html);
  });
}
