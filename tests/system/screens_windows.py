"""`make screens`: every kind of window, forced colours, no scripts, and text that needs room."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.system.app import running_app
from tests.system.conftest import PHONE, Chat, sign_in, watched
from tests.system.screens import DESKTOP, FOLDER, ask, to_top

type Layout = dict[str, Any]
type Shoot = Callable[[str], None]

TALL = PHONE | {"viewport": {"width": 320, "height": 640}}
SIDEWAYS = PHONE | {"viewport": {"width": 844, "height": 390}}
LAYOUTS: dict[str, Layout] = {
    "sideways": SIDEWAYS,
    "narrow": TALL,
    "enlarged-400": {"viewport": {"width": 320, "height": 256}},
    "enlarged-200": {"viewport": {"width": 640, "height": 400}},
    "forced-colours": DESKTOP | {"forced_colors": "active"},
    "no-scripts": DESKTOP | {"java_script_enabled": False},
    "no-scripts-phone": PHONE | {"java_script_enabled": False},
    "dark": DESKTOP | {"color_scheme": "dark"},
}
HEADINGS = "\n\n".join(
    f"{'#' * level} A heading of level {level}\n\nText." for level in range(1, 5)
)
COLUMNS = ["Year", "Lakes", "Herons", "Nests", "Young", "Weight in grams", "What people said"]
ROW = "|".join(["2026", "12", "1,526", "310", "822", "1,480", "They stand still for very long"])
TABLE = f"|{'|'.join(COLUMNS)}|\n|{'---:|' * 6}---|\n" + f"|{ROW}|\n" * 6
HEBREW = "# כותרת\n\nאנפות *עומדות* על רגל אחת.\n\n1. ראשונה\n2. שנייה\n\n> ציטוט\n\n`git status`"


@pytest.fixture(params=list(LAYOUTS))
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def chat(browser: Browser, browser_context_args: dict[str, Any], layout: str) -> Iterator[Chat]:
    context = browser.new_context(**browser_context_args | LAYOUTS[layout])
    for page in watched(context) if "no-scripts" not in layout else [context.new_page()]:
        yield Chat(page).open()


@pytest.fixture
def shoot(chat: Chat, layout: str) -> Shoot:
    def shoot(name: str) -> None:
        chat.page.screenshot(path=FOLDER / f"window-{name}-{layout}.png")

    return shoot


def test_windows(chat: Chat, shoot: Shoot) -> None:
    shoot("empty")
    ask(chat, "Show me **everything**")
    shoot("reply")
    chat.page.get_by_role("button", name="Chat settings").click()
    shoot("settings")


@pytest.mark.parametrize(
    ("name", "text"), {"headings": HEADINGS, "table": TABLE, "hebrew": HEBREW}.items()
)
@pytest.mark.parametrize("layout", ["narrow", "sideways", "dark"])
def test_texts_that_need_room(chat: Chat, shoot: Shoot, name: str, text: str) -> None:
    ask(chat, f"/echo {text}")
    to_top(chat.page)
    shoot(name)


def test_long_messages(chat: Chat, shoot: Shoot) -> None:
    lines = "\n".join(f"{number:04} heron seen at the lake" for number in range(1, 90))
    ask(chat, f"/echo {lines}")
    to_top(chat.page)
    shoot("long-message")


@pytest.mark.parametrize("layout", ["enlarged-400", "enlarged-200", "sideways", "narrow"])
def test_a_notice(browser: Browser, tmp_path: Path, layout: str) -> None:
    with running_app(tmp_path, REDIS_URL="redis://127.0.0.1:1") as app:
        context = browser.new_context(base_url=app.url, **LAYOUTS[layout])
        page = context.new_page()
        sign_in(page)
        page.reload()
        expect(page.locator(".owner-notice")).to_be_visible()
        page.screenshot(path=FOLDER / f"window-notice-{layout}.png")
        context.close()
