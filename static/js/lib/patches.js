// The text of one running reply, put together from patches and states.
//
// The text is kept as the server's own HTML strings, one per block: a patch counts the part that it keeps in
// UTF-16 units of those strings, and a browser writes HTML differently.

const MAX_HELD_PATCHES = 2000; // while the state is fetched; more mean that it never arrives
const BLOCK = '<div class="block">';
const END = "</div><!--/text-->";

export class ReplyText {
  #held = new Map(); // sequence -> patch

  /** `blocks` is null while the strings are not known, as for a page's server-rendered text. */
  constructor({ attempt = 0, sequence = 0, blocks = null } = {}) {
    Object.assign(this, { attempt, sequence, blocks });
  }

  /** Whether a patch waits for a missing one, so that the state has to be fetched. */
  get behind() {
    return this.#held.size > 0;
  }

  /** Takes a patch; returns the changes, or null for an old patch. */
  receive(patch) {
    if (this.#isOld(patch)) return null;
    if (this.#held.size >= MAX_HELD_PATCHES) this.#held.clear();
    this.#held.set(patch.sequence, patch);
    return this.#drain();
  }

  /** Takes the state; returns the changes of the patches above it, or null for a stale state. */
  adopt({ attempt, sequence, blocks }) {
    const lower = attempt < this.attempt || (attempt === this.attempt && sequence < this.sequence);
    if (lower) return null;
    Object.assign(this, { attempt, sequence, blocks });
    for (const [key, patch] of this.#held) if (this.#isOld(patch)) this.#held.delete(key);
    return this.#drain();
  }

  #isOld(patch) {
    if (patch.attempt !== this.attempt) return patch.attempt < this.attempt;
    return patch.sequence <= this.sequence;
  }

  /** Returns changes: indexes of blocks; other parts in the order in which they changed, each with its new HTML, by
   *  the name of its slot, "call" for a tool call, or "reasoning" for what is appended to it; the status. */
  #drain() {
    const changes = { indexes: new Set(), parts: [], status: "" };
    for (let patch = this.#next(); patch; patch = this.#next()) {
      this.#held.delete(patch.sequence);
      for (const [index, kept, html] of patch.blocks) {
        this.blocks[index] = (this.blocks[index] ?? "").slice(0, kept) + html;
        changes.indexes.add(index);
      }
      // An empty block was removed; only the last ones can be.
      while (this.blocks.at(-1) === "") this.blocks.pop();
      changes.parts.push(...Object.entries(patch.parts ?? {}));
      if (patch.reasoning) changes.parts.push(["reasoning", patch.reasoning]);
      for (const html of patch.tool_calls ?? []) changes.parts.push(["call", html]);
      changes.status = patch.status;
      this.attempt = patch.attempt;
      this.sequence = patch.sequence;
    }
    return changes;
  }

  #next() {
    const patch = this.blocks && this.#held.get(this.sequence + 1);
    // A reply without text has nothing to lose, so its first patch needs no state.
    const isFirst = this.sequence === 0 && this.blocks?.length === 0;
    if (!patch || (patch.attempt !== this.attempt && !isFirst)) return null;
    return this.#fits(patch) ? patch : null;
  }

  #fits(patch) {
    let count = this.blocks.length;
    return patch.blocks.every(([index, kept]) => {
      const fits = index <= count && kept <= (this.blocks[index]?.length ?? 0);
      count = Math.max(count, index + 1);
      return fits;
    });
  }
}

/** Returns the inner HTML of each block in an article's HTML, exactly as the server wrote it. */
export function blocksOf(html) {
  const start = html.indexOf(">", html.indexOf('data-part="text"')) + 1;
  const blocks = html.slice(start, html.lastIndexOf(END)).split(BLOCK).slice(1);
  return blocks.map((block) => block.slice(0, block.lastIndexOf("</div>")));
}
