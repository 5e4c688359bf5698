"""What a person does on the page of the chat, in any engine."""

from tests.engines.engine import ENTER, TAB, Engine
from tests.support.people import OWNER, PASSWORD

MESSAGE = "#message"
ACCOUNT = ".account-button"
SIGN_IN = "input[type=password]"
REPLIES = "article[data-role=assistant]"
LAST_REPLY = f"() => [...document.querySelectorAll('{REPLIES}')].at(-1)"
TEXT = f"({LAST_REPLY})()?.querySelector('[data-part=text]')?.textContent.trim() ?? ''"
TEXTS = f"""() => [...document.querySelectorAll("{REPLIES} [data-part=text]")].map(
    (each) => each.textContent.trim())"""
# Loaded once somebody reaches for them, the last one with `image-tools`.
LATER = "[data-script], [data-script] *, attachment-cost"


class Chat:
    """The page of the chat in one browser."""

    def __init__(self, engine: Engine, address: str) -> None:
        self.engine = engine
        self.address = address

    def open(self, path: str = "/") -> None:
        self.engine.open(self.address + path)

    def enter_password(self) -> None:
        """Fill in the form that creates the first account, or the one that signs in."""
        self.engine.click("input[type=email]")
        self.engine.press(f"{OWNER}{TAB}{PASSWORD}{ENTER}")
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait for the box and for every element whose script may have failed while it loaded."""
        self.engine.wait_until_shown(MESSAGE)
        self.engine.wait_for(
            "(later) => !document.querySelector(`:not(:defined, ${later})`)", LATER
        )

    def send(self, text: str) -> None:
        """Send a message and wait until its reply is on the page."""
        count = self.count(REPLIES)
        self.engine.click(MESSAGE)
        self.engine.press(text + ENTER)
        self.engine.wait_for(
            f"(count) => document.querySelectorAll('{REPLIES}').length > count", count
        )

    def ask(self, text: str) -> str:
        """Send a message, wait for the end of its reply and return its text."""
        self.send(text)
        self.wait_for_reply("complete")
        return self.text

    def wait_for_reply(self, status: str) -> None:
        """Wait until the last reply has this status."""
        self.engine.wait_for(f"(status) => ({LAST_REPLY})()?.dataset.status === status", status)

    def wait_for_text(self, length: int = 1) -> None:
        """Wait until the last reply has so many characters."""
        self.engine.wait_for(f"(length) => {TEXT}.length >= length", length)

    def count(self, selector: str) -> int:
        return int(self.engine.evaluate("(all) => document.querySelectorAll(all).length", selector))

    def reload(self) -> None:
        self.engine.reload()
        self.wait_until_ready()

    @property
    def text(self) -> str:
        """The text of the last reply."""
        return str(self.engine.evaluate(f"() => {TEXT}"))

    @property
    def texts(self) -> list[str]:
        """The texts of all replies."""
        return list(self.engine.evaluate(TEXTS))

    @property
    def last_status(self) -> str:
        return str(self.engine.evaluate(f"() => ({LAST_REPLY})().dataset.status"))

    @property
    def path(self) -> str:
        return str(self.engine.evaluate("() => location.pathname"))
