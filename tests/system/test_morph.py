"""Morphing makes a part of the page equal to new HTML and leaves the rest of it alone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.system.app import ROOT

SOURCE = (ROOT / "static/js/lib/morph.js").read_text()
SITE = "http://morph.test"
PAGE = "<!doctype html><main></main>"
# Marks all elements first: a mark that is gone afterwards belonged to an element that was replaced.
MORPH = """async ([before, after]) => {
  const { morphInner } = await import("/morph.js");
  const main = document.querySelector("main");
  main.innerHTML = before;
  for (const element of main.querySelectorAll("*")) element.marked = true;
  morphInner(main, after);
  const fresh = [...main.querySelectorAll("*")].filter((element) => !element.marked);
  return [main.innerHTML, fresh.map((element) => element.localName)];
}"""

type Morph = Callable[[str, str], tuple[str, list[str]]]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        context.route(f"{SITE}/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        context.route(
            f"{SITE}/morph.js",
            lambda route: route.fulfill(body=SOURCE, content_type="text/javascript"),
        )
        page = context.new_page()
        page.goto(f"{SITE}/")
        yield page


@pytest.fixture
def morph(page: Page) -> Morph:
    """Return the HTML after morphing, and the names of the elements that are new."""

    def morph(before: str, after: str) -> tuple[str, list[str]]:
        html, fresh = page.evaluate(MORPH, [before, after])
        return html, fresh

    return morph


PACKED = "<p>One</p><details><summary>Two</summary><b>Three</b></details><p>Four</p>"
INDENTED = """
  <p>One</p>
  <details>
    <summary>Two</summary>
    <b>Three</b>
  </details>
  <p>Four</p>
"""


@pytest.mark.parametrize(("before", "after"), [(PACKED, INDENTED), (INDENTED, PACKED)])
def test_indents_change_nothing(morph: Morph, before: str, after: str) -> None:
    assert morph(before, after) == (before, [])


@pytest.mark.parametrize(("before", "after"), [(PACKED, INDENTED), (INDENTED, PACKED)])
def test_an_element_between_indented_ones_is_inserted_and_removed(
    morph: Morph, before: str, after: str
) -> None:
    html, fresh = morph(before, after.replace("<details>", "<i>New</i><details>"))
    assert ("<i>New</i>" in html, fresh) == (True, ["i"])
    html, fresh = morph(before.replace("<details>", "<i>Old</i><details>"), after)
    assert ("<i>Old</i>" in html, fresh) == (False, [])


def test_a_space_between_two_elements_is_shown(morph: Morph) -> None:
    assert morph("<b>a</b><i>b</i>", "<b>a</b> <i>b</i>") == ("<b>a</b> <i>b</i>", [])


@pytest.mark.parametrize(
    "text",
    [
        "<pre>{}</pre>",
        "<pre><code>{}</code></pre>",
        '<div data-part="text">{}</div>',
        '<div data-reasoning="">{}</div>',
    ],
)
def test_line_breaks_of_a_text_are_shown(morph: Morph, text: str) -> None:
    before, after = text.format("<b>a</b><i>b</i>"), text.format("<b>a</b>\n\n<i>b</i>")

    assert morph(before, after) == (after, [])
    assert morph(after, before) == (before, [])


def test_open_details_and_a_selection_outlive_indents(page: Page, morph: Morph) -> None:
    morph(PACKED, PACKED)
    page.evaluate(
        "() => { document.querySelector('details').open = true;"
        " getSelection().selectAllChildren(document.querySelector('b')) }"
    )

    page.evaluate(
        "async (html) => (await import('/morph.js'))"
        ".morphInner(document.querySelector('main'), html)",
        INDENTED.replace("Four", "Five"),
    )

    assert page.locator("details").get_attribute("open") == ""
    assert page.evaluate("String(getSelection())") == "Three"
    assert page.locator("p").all_inner_texts() == ["One", "Five"]
