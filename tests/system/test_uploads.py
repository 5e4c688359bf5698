"""Images on their way to the server: progress, failures, and a message that waits for them."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.images.samples import noise
from tests.system.conftest import Chat
from tests.system.images import (
    UPLOADS,
    Held,
    alts,
    attach,
    chips,
    choose,
    saved,
    saved_many,
    shown,
)

pytestmark = pytest.mark.long

STEPS = """() => {
    window.steps = [];
    new MutationObserver(() => {
        const chip = document.querySelector("[data-attachment]");
        if (!chip) return;
        const middle = (name) => {
            const { top, height } = chip.querySelector(name).getBoundingClientRect();
            return height && top + height / 2;
        };
        const ring = middle(".ring");
        const isCentred = !ring || Math.abs(ring - middle(".chip-image")) < 1;
        steps.push([chip.dataset.phase, +chip.style.getPropertyValue("--share"), isCentred]);
    }).observe(document.querySelector("[data-chips]"), {subtree: true, attributes: true});
}"""
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}


def choose_one_first(chat: Chat, uploads: Held, folder: Path) -> None:
    """Three files, of which two are on their way, the first one as the first request."""
    first, *others = saved_many(folder, 3)
    choose(chat.page, first)
    uploads.wait(1)
    choose(chat.page, *others)
    expect(chips(chat.page)).to_have_count(3)
    uploads.wait(2)


def test_the_ring_shows_the_progress(chat: Chat, tmp_path: Path) -> None:
    path = tmp_path / "noise.jpg"
    noise("RGB", (420, 1500), seed=1).save(path, quality=80)
    assert 300_000 < path.stat().st_size < 1_500_000  # takes a while, and is sent as it is
    network = chat.page.context.new_cdp_session(chat.page)
    network.send("Network.emulateNetworkConditions", SLOW)
    chat.page.evaluate(STEPS)

    attach(chat.page, path)

    steps = chat.page.evaluate("steps")
    shares = [share for phase, share, _ in steps if phase == "sending"]
    assert shares == sorted(shares)
    assert any(0 < share < 1 for share in shares)
    assert ["processing", 1, True] in steps
    assert all(is_centred for *_, is_centred in steps)


def test_two_images_are_uploaded_at_once_and_keep_their_order(chat: Chat, tmp_path: Path) -> None:
    with Held(chat.page) as uploads:
        choose_one_first(chat, uploads, tmp_path)
        assert len(uploads.routes) == 2
        uploads.routes[1].continue_()
        expect(chips(chat.page).nth(1)).to_have_attribute("data-state", "ready")
        uploads.wait(3)  # the next one has taken the place
        uploads.routes[2].continue_()
        expect(chips(chat.page).nth(2)).to_have_attribute("data-state", "ready")
        uploads.routes[0].continue_()
        expect(chips(chat.page).nth(0)).to_have_attribute("data-state", "ready")

    chat.ask("Which is which?")

    assert alts(shown(chat)) == ["1.png", "2.png", "3.png"]


def test_a_message_waits_for_its_uploads_and_shows_that(chat: Chat, tmp_path: Path) -> None:
    with Held(chat.page) as uploads:
        choose(chat.page, saved(tmp_path / "a.png"))
        uploads.wait(1)
        chat.send("What is this?")
        expect(chat.page.get_by_text("as soon as the files are uploaded")).to_be_visible()
        expect(chat.messages).to_have_count(0)
        expect(chat.box).to_have_value("What is this?")

        uploads.routes[0].continue_()

    expect(chat.replies).to_have_attribute("data-status", "complete")
    expect(shown(chat)).to_have_count(1)
    expect(chat.box).to_have_value("")


def test_an_edit_during_an_upload_cancels_the_send(chat: Chat, tmp_path: Path) -> None:
    with Held(chat.page) as uploads:
        choose(chat.page, saved(tmp_path / "a.png"))
        uploads.wait(1)
        chat.send("What is")
        chat.box.press_sequentially(" this?")
        expect(chat.page.get_by_text("as soon as the files are uploaded")).to_be_hidden()
        uploads.routes[0].continue_()
        expect(chips(chat.page)).to_have_attribute("data-state", "ready")

    expect(chat.messages).to_have_count(0)
    expect(chat.box).to_have_value("What is this?")


def test_an_image_can_be_removed(chat: Chat, tmp_path: Path) -> None:
    attach(chat.page, *saved_many(tmp_path, 2))

    chips(chat.page).first.get_by_role("button", name="Remove").click()

    expect(chips(chat.page)).to_have_count(1)
    expect(chips(chat.page).get_by_role("button", name="Remove")).to_be_focused()
    chat.ask("What is left?")
    assert alts(shown(chat)) == ["2.png"]


def test_an_image_can_be_removed_during_its_upload(chat: Chat, tmp_path: Path) -> None:
    with Held(chat.page) as uploads:
        choose_one_first(chat, uploads, tmp_path)
        with chat.page.expect_event("requestfailed") as ended:
            chips(chat.page).nth(0).get_by_role("button", name="Remove").click()
        assert "ABORTED" in str(ended.value.failure)
        uploads.wait(3)  # the one that waited has its place
        expect(chips(chat.page)).to_have_count(2)
        for route in uploads.routes[1:]:
            route.continue_()

    chat.ask("What is left?")
    assert alts(shown(chat)) == ["2.png", "3.png"]


def test_a_failed_upload_can_be_retried(chat: Chat, tmp_path: Path) -> None:
    chat.page.route(UPLOADS, lambda route: route.abort())
    choose(chat.page, saved(tmp_path / "a.png"))
    expect(chips(chat.page)).to_have_attribute("data-state", "failed")
    expect(chips(chat.page)).to_contain_text("The upload failed.")
    chat.send("Look at this")
    expect(chat.page.get_by_text("Some files weren't uploaded")).to_be_visible()
    chat.page.unroute(UPLOADS)

    chips(chat.page).get_by_role("button", name="Retry").click()

    expect(chips(chat.page)).to_have_attribute("data-state", "ready")
    expect(chat.messages).to_have_count(0)
    chat.send_button.click()
    expect(shown(chat)).to_have_count(1)


def test_a_proxys_error_page_fails_an_upload(chat: Chat, tmp_path: Path) -> None:
    page = "<h1>Application error</h1>"
    chat.page.route(UPLOADS, lambda route: route.fulfill(status=503, body=page))

    choose(chat.page, saved(tmp_path / "a.png"))

    expect(chips(chat.page)).to_contain_text("The upload failed.")
    expect(chips(chat.page).get_by_role("button", name="Retry")).to_be_visible()


def test_a_file_that_cant_be_read_is_refused_with_a_reason(chat: Chat, tmp_path: Path) -> None:
    fake = tmp_path / "photo.png"
    fake.write_bytes(bytes(range(256)))

    choose(chat.page, fake)

    expect(chips(chat.page)).to_have_attribute("data-state", "failed")
    expect(chips(chat.page)).to_contain_text("Send an image, a PDF, a Word, Excel")
    expect(chips(chat.page).get_by_role("button", name="Retry")).to_be_hidden()
    chat.send("Look at this")
    expect(chat.messages).to_have_count(0)
    expect(chat.box).to_have_value("Look at this")


def test_a_file_over_the_limit_is_not_uploaded(chat: Chat, tmp_path: Path) -> None:
    path = tmp_path / "large.tiff"
    path.write_bytes(b"II*\0")
    with path.open("r+b") as file:
        file.truncate(50 * 1024 * 1024 + 1)

    choose(chat.page, path)

    expect(chat.page.get_by_text("up to 50 MB")).to_be_visible()
    expect(chips(chat.page)).to_have_count(0)
