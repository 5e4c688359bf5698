"""Large photos are made smaller in the browser, where it can; the server never trusts that."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.images.samples import noise
from tests.system.conftest import Chat
from tests.system.images import UPLOADS, attach, choose, saved

pytestmark = pytest.mark.long

SENT = """() => {
    const send = XMLHttpRequest.prototype.send;
    window.sent = [];
    XMLHttpRequest.prototype.send = function (fields) {
        const {type, size} = fields.get("file");
        sent.push([type, size]);
        send.call(this, fields);
    };
}"""
ORIENTATION = 0x0112  # of EXIF; 6 is a phone held upright


def test_a_large_photo_is_shrunk_before_its_upload(chat: Chat, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    noise("RGB", (2400, 1800), seed=2).save(path, quality=70, exif=exif)
    assert path.stat().st_size > 1_600_000
    chat.page.evaluate(SENT)

    with chat.page.expect_response(UPLOADS) as response:
        attach(chat.page, path)

    [[kind, size]] = chat.page.evaluate("sent")
    assert kind == "image/jpeg"
    assert size < path.stat().st_size
    answer = response.value.json()
    assert (answer["width"], answer["height"]) == (1176, 1568)  # upright


def test_a_small_photo_is_uploaded_unchanged(chat: Chat, tmp_path: Path) -> None:
    path = saved(tmp_path / "small.jpg", (2400, 1800))
    chat.page.evaluate(SENT)

    attach(chat.page, path)

    assert chat.page.evaluate("sent") == [["image/jpeg", path.stat().st_size]]


def test_a_file_too_large_for_the_server_is_shrunk_below_its_limit(
    chat: Chat, tmp_path: Path
) -> None:
    """14 megapixels of WebP are all that the server opens."""
    path = tmp_path / "wide.webp"
    Image.new("RGB", (5000, 3000), "teal").save(path)

    with chat.page.expect_response(UPLOADS) as response:
        attach(chat.page, path)

    answer = response.value.json()
    assert (answer["width"], answer["height"]) == (1568, 941)


def test_a_long_screenshot_keeps_what_its_parts_need(chat: Chat, tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    noise("L", (1200, 4000), seed=6).save(path)
    assert path.stat().st_size > 1_600_000
    chat.page.evaluate(SENT)

    with chat.page.expect_response(UPLOADS) as response:
        choose(chat.page, path)

    assert response.value.json()["width"] == 784
    assert chat.page.evaluate("sent[0][0]") == "image/webp"


def test_transparency_is_kept(chat: Chat, tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    image = noise("RGBA", (1000, 800), seed=3)
    image.save(path)
    assert path.stat().st_size > 1_600_000
    chat.page.evaluate(SENT)

    with chat.page.expect_response(UPLOADS) as response:
        attach(chat.page, path)

    assert chat.page.evaluate("sent[0][0]") == "image/webp"
    kept = chat.page.request.get(response.value.json()["url"])
    assert re.fullmatch("image/(png|webp)", kept.headers["content-type"])


def test_an_animation_is_never_redrawn(chat: Chat, tmp_path: Path) -> None:
    path = tmp_path / "large.gif"
    frames = [noise("L", (1200, 1000), seed=seed) for seed in (4, 5)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert path.stat().st_size > 1_600_000
    chat.page.evaluate(SENT)

    with chat.page.expect_response(UPLOADS) as response:
        attach(chat.page, path)

    assert chat.page.evaluate("sent") == [["image/gif", path.stat().st_size]]
    assert "first frame" in response.value.json()["note"]
