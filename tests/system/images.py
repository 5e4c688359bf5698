"""Images, and what a person does with them on the page."""

import base64
import io
import itertools
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.system.conftest import Chat

UPLOAD_SECONDS = 30  # on a loaded machine, where a photo is first shrunk in the browser
UPLOADS = "**/documents/"
LINKS = "**/images/links"
_heights = itertools.count(200)

GIVE_FILE = """(target, [type, data, name, kind = "image/png"]) => {
    const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], name, {type: kind}));
    const event = type === "paste"
        ? new ClipboardEvent("paste", {clipboardData: files, bubbles: true, cancelable: true})
        : new DragEvent(type, {dataTransfer: files, bubbles: true, cancelable: true});
    target.dispatchEvent(event);
}"""


def saved(path: Path, size: tuple[int, int] = (300, 200), colour: str = "teal") -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


def saved_many(folder: Path, count: int) -> list[Path]:
    """Images that no other test has sent, named 1.png, 2.png and so on."""
    height = next(_heights)
    return [saved(folder / f"{n}.png", (300 + n, height)) for n in range(1, count + 1)]


def png() -> str:
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()


def chips(page: Page) -> Locator:
    return page.locator("message-composer [data-attachment]")


def choose(page: Page, *files: Path) -> None:
    page.locator("input[type=file][name=images]").set_input_files(list(files))


def attach(page: Page, *files: Path) -> None:
    """Choose files and wait until the server has them."""
    choose(page, *files)
    ready = page.locator("message-composer [data-state=ready]")
    expect(ready).to_have_count(len(files), timeout=UPLOAD_SECONDS * 1000)


def shown(chat: Chat) -> Locator:
    """The images of the messages."""
    return chat.messages.locator("[data-part=image] img")


def alts(images: Locator) -> list[Any]:
    return [image.get_attribute("alt") for image in images.all()]


class Held:
    """Posts that stay on the way until the test lets them go on."""

    def __init__(self, page: Page, pattern: str = UPLOADS) -> None:
        self.page = page
        self.pattern = pattern
        self.routes: list[Route] = []

    def __enter__(self) -> "Held":
        self.page.route(self.pattern, self._hold)
        return self

    def __exit__(self, *_: object) -> None:
        self.page.unroute(self.pattern)

    def wait(self, count: int) -> None:
        while len(self.routes) < count:
            self.page.evaluate("new Promise(requestAnimationFrame)")  # lets news of requests in

    def _hold(self, route: Route) -> None:
        if route.request.method == "POST":
            self.routes.append(route)
        else:
            route.continue_()
