"""The joined module does in a browser what its parts do as ES modules."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Browser, Route

from chatapp.server.modules import join_modules

SITE = "http://modules.test"
PAGE = '<script>window.said = []</script><script type="module" src="/js/app.js"></script>'
SOURCES = {
    "js/app.js": """
import "./elements/first.js";
// Between two imports.
import "./elements/second.js";
import { Base, count } from "./lib/shared.js";
said.push(`app ${count()} ${new Base().kind}`, typeof this);
""",
    "js/elements/first.js": """
import { Base, count } from "../lib/shared.js";
import { late } from "../lib/late.js";
class Own extends Base {
  #own = "first";
  get own() {
    return this.#own;
  }
}
said.push(`${new Own().own} ${new Own().kind} ${count()} ${late()}`);
""",
    "js/elements/second.js": """
import { count } from "../lib/shared.js";
const Own = "second";
said.push(`${Own} ${count()}`);
""",
    "js/lib/late.js": """
import "./effect.js";
said.push("late");
const word = "hoisted";
export function late() {
  return word;
}
""",
    "js/lib/effect.js": 'said.push("effect");',
    "js/lib/shared.js": """
said.push(`shared ${hoisted()}`);
let counted = 0;
export const count = () => ++counted;
export class Base {
  kind = "base";
}
function hoisted() {
  return 1;
}
""",
}


def said(browser: Browser, files: Mapping[str, str]) -> list[str]:
    """What the modules of a site said, in their order."""

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(f"{SITE}/")
        if name in files:
            route.fulfill(body=files[name], content_type="text/javascript")
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    with browser.new_context() as context:
        context.route(f"{SITE}/**", answer)
        page = context.new_page()
        page.goto(SITE)
        words: list[str] = page.evaluate("said")
        return words


@pytest.fixture
def as_modules(browser: Browser) -> list[str]:
    return said(browser, SOURCES)


def test_a_joined_file_runs_like_its_modules(browser: Browser, as_modules: list[str]) -> None:
    joined, _parts = join_modules(SOURCES, "js/app.js")

    assert said(browser, {"js/app.js": joined}) == as_modules
    assert as_modules[-1] == "undefined"
