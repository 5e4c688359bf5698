"""What only a browser draws: distances, the system's colours, and what is behind an image."""

from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, expect

from tests.system.conftest import Chat
from tests.system.images import attach, shown

STYLE = "(element, name) => getComputedStyle(element)[name]"


def style(element: Locator, name: str) -> str:
    return str(element.evaluate(STYLE, name))


def edges(element: Locator) -> tuple[float, float]:
    box: Any = element.bounding_box()
    return box["y"], box["y"] + box["height"]


def test_a_question_is_nearer_to_its_answer_and_borders_show_it(chat: Chat) -> None:
    page = chat.page
    chat.ask("/rate 0 /echo first")
    chat.ask("/rate 0 /echo second")
    bubble, current = page.locator(".bubble"), page.locator(".conversation:has([aria-current])")
    before = edges(bubble.last)[0] - edges(page.locator(".prose").first)[1]
    after = edges(page.locator(".prose").last)[0] - edges(bubble.last)[1]
    assert 0 < after < 0.7 * before
    assert style(bubble.first, "borderTopStyle") == "none"

    page.emulate_media(forced_colors="active")
    assert style(bubble.first, "borderTopStyle") == "solid"
    assert style(current, "outlineStyle") == "solid"
    chosen = page.locator(".segments [aria-pressed=true]")
    page.locator(".account-button").click()
    assert style(chosen, "outlineStyle") == "solid"


def test_what_is_behind_a_transparent_image_makes_it_readable(chat: Chat, tmp_path: Path) -> None:
    image = Image.new("RGBA", (200, 100))
    ImageDraw.Draw(image).rectangle((50, 25, 150, 75), outline="black")
    image.save(tmp_path / "drawing.png")
    attach(chat.page, tmp_path / "drawing.png")
    chat.ask("/rate 0 /echo a drawing")
    shown(chat).click()
    large = chat.page.get_by_role("dialog", name="Image").locator("zoom-pane img")
    expect(large).to_be_visible()

    for theme in ("light", "dark"):
        chat.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for shown_image in (shown(chat), large):
            assert "conic-gradient" in style(shown_image, "backgroundImage"), theme
