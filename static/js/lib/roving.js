// One tab stop for a list of links: the arrow keys lead from one to the next, and to the buttons beside them.

export class Roving {
  #list;

  /** `list` holds `li` with a link and a button each; a link to more is an item, too. */
  constructor(list, signal) {
    this.#list = list;
    list.addEventListener("keydown", (event) => this.#move(event), { signal });
    list.addEventListener("focusin", ({ target }) => this.#choose(target), { signal });
    this.update();
  }

  /** Makes one item the tab stop: the one that was, else that of the page, else the first. */
  update() {
    const { activeElement } = document;
    if (this.#list.contains(activeElement)) this.#choose(activeElement);
    else this.#choose(this.#list.querySelector("a[tabindex='0']") ?? this.#current);
  }

  get #current() {
    return this.#list.querySelector("a[aria-current]") ?? this.#links[0];
  }

  get #links() {
    return [...this.#list.querySelectorAll("a")];
  }

  #choose(item) {
    for (const each of this.#list.querySelectorAll("a, button")) each.tabIndex = -1;
    if (item) item.tabIndex = 0;
  }

  #move(event) {
    const link = event.target.closest("li")?.querySelector("a") ?? event.target;
    const links = this.#links;
    const index = links.indexOf(link);
    const next = {
      ArrowDown: links[index + 1],
      ArrowUp: links[index - 1],
      Home: links[0],
      End: links.at(-1),
      ArrowRight: link.nextElementSibling,
      ArrowLeft: link,
    }[event.key];
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    next.focus();
  }
}
