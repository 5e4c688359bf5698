"""The page does the same in whichever order `app.js` lists its scripts."""

import random
import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from chatapp.server.static_files import join_scripts
from tests.servers.app import ROOT
from tests.system.conftest import Chat
from tests.system.sheet import Sheet

pytestmark = pytest.mark.long

ENTRY = "js/app.js"
SENDS = "**/messages"


def joined_in(order: str) -> str:
    static = ROOT / "static"
    sources = {str(path.relative_to(static)): path.read_text() for path in static.rglob("*.js")}
    imports = [line for line in sources[ENTRY].splitlines() if line.startswith("import ")]
    if order == "reversed":
        imports.reverse()
    else:
        random.Random(order).shuffle(imports)
    return join_scripts({**sources, ENTRY: "\n".join(imports)})[ENTRY][0]


@pytest.fixture(
    params=["reversed", "shuffled", pytest.param("shuffled again", marks=pytest.mark.long)]
)
def ordered(request: pytest.FixtureRequest, context: BrowserContext, page: Page) -> Chat:
    script = joined_in(request.param)

    def answer(route: Route) -> None:
        route.fulfill(body=script, content_type="text/javascript")

    context.route(re.compile(r"/static/js/app\..*\.js$"), answer)
    return Chat(page).open()


def waiting(chat: Chat) -> Locator:
    return chat.page.locator(".outgoing[data-part=notice]:visible")


def test_a_message_that_waits_is_not_in_the_box_after_a_reload(ordered: Chat) -> None:
    sheet = Sheet(ordered.page).open()
    sheet.instructions.fill("Be brief.")
    sheet.save()
    ordered.ask("/echo first")
    expect(ordered.page.locator("h1")).to_have_text("First")
    expect(sheet.button).to_have_attribute("data-changed", "")
    ordered.page.route(SENDS, lambda route: route.abort())
    ordered.send("/echo second")
    expect(waiting(ordered)).to_have_count(1)

    ordered.page.reload()

    expect(waiting(ordered)).to_have_count(1)
    expect(ordered.box).to_have_value("")
    ordered.page.unroute(SENDS)
    expect(ordered.replies).to_have_count(2, timeout=20_000)
    expect(ordered.replies.last).to_have_attribute("data-status", "complete")
    assert ordered.said == ["/echo first", "first", "/echo second", "second"]


def test_a_held_message_is_in_the_box_when_the_page_opens(
    ordered: Chat, context: BrowserContext
) -> None:
    ordered.send("/rate 20 /long 3000")
    expect(ordered.stop_button).to_be_visible()
    ordered.send("/echo second")
    expect(waiting(ordered)).to_have_count(1)
    place = ordered.page.url
    ordered.page.goto("about:blank")
    other = Chat(context.new_page()).open(place)
    other.stop_button.click()
    expect(other.replies).to_have_attribute("data-status", "stopped")

    ordered.open(place)

    expect(ordered.box).to_have_value("/echo second")
    expect(ordered.messages).to_have_count(1)
    expect(ordered.page.locator("[data-hint]")).not_to_be_empty()
