"""What clipboards and drags of different programs hold, and what of it is an image."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.images.samples import corners, encoded
from tests.system.app import ROOT
from tests.system.conftest import Chat
from tests.system.images import chips, png

pytestmark = pytest.mark.long

SITE = "http://transfers.test"
CARRIED = """async ([name, formats, files]) => {
  const { [name]: read } = await import("/transfers.js");
  const data = new DataTransfer();
  for (const [format, text] of Object.entries(formats)) data.setData(format, text);
  for (const file of files) data.items.add(new File(["x"], file, { type: "image/png" }));
  const { files: found, links } = read(data);
  return [found.map(({ name }) => name), links];
}"""
HELD = """async (link) => {
  const file = (await import("/transfers.js")).fileIn(link);
  return file && [file.name, file.type, await file.text()];
}"""
ANIMATED = """async (data) => {
  const { isAnimated } = await import("/animations.js");
  return isAnimated(new Blob([Uint8Array.from(atob(data), (char) => char.charCodeAt(0))]));
}"""
PASTE = """(target, formats) => {
  const data = new DataTransfer();
  for (const [format, text] of Object.entries(formats)) data.setData(format, text);
  const bubbling = { bubbles: true, cancelable: true };
  const event = new ClipboardEvent("paste", { clipboardData: data, ...bubbling });
  return target.dispatchEvent(event);
}"""

FAR = "https://images.example.com/heron"
IMG = f'<meta charset="utf-8"><img src="{FAR}" alt="A heron">'
DATA = "data:image/png;base64,eA=="


@pytest.fixture(scope="module")
def bare(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        context.route(f"{SITE}/", lambda route: route.fulfill(body="", content_type="text/html"))
        context.route(f"{SITE}/*.js", _serve)
        page = context.new_page()
        page.goto(f"{SITE}/")
        yield page


def _serve(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    body = (ROOT / "static/js/lib" / name).read_text()
    route.fulfill(body=body, content_type="text/javascript")


ONE = ["heron.png"]
PASTED: dict[str, tuple[dict[str, str], list[str], list[str], list[str]]] = {
    "a screenshot": ({}, ONE, ONE, []),
    "a copied image of a page": ({"text/html": IMG}, ONE, ONE, []),
    "Finder": ({"text/plain": "heron.png"}, ONE, ONE, []),
    "Finder without endings": ({"text/plain": "heron"}, ONE, ONE, []),
    "Finder, two files": (
        {"text/plain": "a.png\rb.png"},
        ["a.png", "b.png"],
        ["a.png", "b.png"],
        [],
    ),
    "Finder, decomposed letters": (
        {"text/plain": "bär.png"},
        ["ba\u0308r.png"],
        ["ba\u0308r.png"],
        [],
    ),
    "another name": ({"text/plain": "Holiday 1.HEIC"}, ["image.png"], ["image.png"], []),
    "Explorer": ({"text/plain": ""}, ONE, ONE, []),
    "Explorer, path": ({"text/plain": r"C:\Users\me\heron.png"}, ONE, ONE, []),
    "Explorer, network": ({"text/plain": r"\\server\share\x"}, ONE, ONE, []),
    "a file manager": ({"text/plain": "/home/me/heron.png"}, ONE, ONE, []),
    "a file manager, address": ({"text/plain": "file:///home/me/a%20b"}, ONE, ONE, []),
    "a browser, address": ({"text/plain": FAR}, ["image.png"], ["image.png"], []),
    "Word": ({"text/plain": "Herons stand still", "text/html": "<p>Herons</p>"}, ONE, [], []),
    "Excel": ({"text/plain": "1\t2", "text/html": "<table><td>1<td>2</table>"}, ONE, [], []),
    "a text with a name in it": ({"text/plain": "See heron.png\nfor more"}, ONE, [], []),
    "text": ({"text/plain": "Herons"}, [], [], []),
    "an image of a page, as HTML": ({"text/html": IMG}, [], [], [FAR]),
    "an emoji": ({"text/plain": "😀", "text/html": IMG}, [], [], []),
    "a text with an image": ({"text/plain": "a", "text/html": f"<p>a {IMG}</p>"}, [], [], []),
    "data": ({"text/plain": f" {DATA}\n"}, [], [], [DATA]),
    "data as HTML": ({"text/html": f'<img src="{DATA}">'}, [], [], [DATA]),
    "data of something else": ({"text/plain": "data:text/html,<b>"}, [], [], []),
    "an image of this site": ({"text/html": f'<img src="{SITE}/a">'}, [], [], []),
    "a local image": ({"text/html": '<img src="file:///a.png">'}, [], [], []),
}
DROPPED: dict[str, tuple[dict[str, str], list[str], list[str], list[str]]] = {
    "a file": ({}, ONE, ONE, []),
    "an image": ({"text/uri-list": FAR, "text/html": IMG}, [], [], [FAR]),
    "an image in a link": (
        {"text/uri-list": "https://example.com/", "text/html": f'<a href="/">{IMG}</a>'},
        [], [], [FAR],
    ),
    "an image, address alone": ({"text/uri-list": f"{FAR}.png\r\n#x"}, [], [], [f"{FAR}.png"]),
    "a link": ({"text/uri-list": FAR, "text/html": f'<a href="{FAR}">A heron</a>'}, [], [], []),
    "data": ({"text/uri-list": DATA, "text/html": f'<img src="{DATA}">'}, [], [], [DATA]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("read", "shape"),
    [
        *(("pastedImages", name) for name in PASTED),
        *(("droppedImages", name) for name in DROPPED),
    ],
)
def test_images_are_told_from_text(bare: Page, read: str, shape: str) -> None:
    formats, files, *expected = (PASTED if read == "pastedImages" else DROPPED)[shape]

    assert bare.evaluate(CARRIED, [read, formats, files]) == expected


@pytest.mark.parametrize(
    ("link", "file"),
    [
        (DATA, ["image.png", "image/png", "x"]),
        ("data:image/svg+xml,%3Csvg%2F%3E", ["image.svg", "image/svg+xml", "<svg/>"]),
        ("DATA:image/JPEG;name=a;base64,eA%3D%3D", ["image.jpeg", "image/jpeg", "x"]),
        ("data:image/png;base64,!", None),
        ("data:image/png,%", None),
        ("data:text/plain,x", None),
        (FAR, None),
    ],
)
def test_a_data_address_becomes_a_file(bare: Page, link: str, file: list[str] | None) -> None:
    assert bare.evaluate(HELD, link) == file


MOVING: dict[str, dict[str, Any]] = {
    "PNG": {},
    "WEBP": {"lossless": True},
    "AVIF": {},
}


@pytest.mark.parametrize("kind", MOVING)
def test_an_animation_is_told_from_an_image(bare: Page, kind: str) -> None:
    second = {"save_all": True, "append_images": [Image.new("RGB", (64, 32))]}
    alpha = corners().convert("RGBA")
    contents = [encoded(corners(), kind, **second), encoded(alpha, kind), encoded(corners(), kind)]

    found = [bare.evaluate(ANIMATED, base64.b64encode(content).decode()) for content in contents]

    assert found == [True, False, False]


def test_a_pasted_data_address_and_a_long_screenshot_are_attached(
    chat: Chat, tmp_path: Path
) -> None:
    assert not chat.box.evaluate(PASTE, {"text/plain": f"data:image/png;base64,{png()}"})
    expect(chips(chat.page)).to_have_attribute("data-state", "ready")
    expect(chat.box).to_have_value("")
    content = io.BytesIO()
    Image.linear_gradient("L").resize((1_000, 6_000)).save(content, "PNG")

    chat.page.locator("input[type=file][name=images]").set_input_files(
        {"name": "page.png", "mimeType": "image/png", "buffer": content.getvalue()}
    )

    expect(chips(chat.page)).to_have_count(5)
    expect(chips(chat.page).nth(1)).to_contain_text("Sent in 4 parts")
    expect(chips(chat.page).nth(4)).to_contain_text("4 / 4")
    expect(chat.page.get_by_text("about 5,100 tokens")).to_be_visible()
    chat.page.reload()
    expect(chips(chat.page)).to_have_count(5)
    expect(chips(chat.page).nth(1)).to_contain_text("Sent in 4 parts")
    chat.ask("What is this?")
    expect(chat.messages.locator("[data-part=image]")).to_have_count(5)
