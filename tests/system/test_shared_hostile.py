"""Everything hostile that a reply may contain, on one shared page: no script runs, and nothing is
asked of another host."""

import json
import uuid
from typing import Any

from playwright.sync_api import Browser, Request, expect

from chatapp.rendering import VERSION, render_document
from chatapp.sharing.content import Content, SharedMessage, to_json
from tests.rendering.bombs import BOMBS
from tests.rendering.bombs.lexers import LEXERS
from tests.rendering.corpus_files import inputs, text_of
from tests.rendering.test_safety import HOSTILE
from tests.system.app import App
from tests.system.conftest import Chat

BOMB_SIZE = 1_000  # characters
# Each of the many lexers is slow, and none makes another kind of HTML.
SHOWN_BOMBS = [bomb for bomb in BOMBS.values() if bomb not in LEXERS]
# What the sanitizer never lets through: here the policy of the page is the only guard.
UNSAFE = """
<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)></svg>
<iframe srcdoc="<script>alert(4)</script>"></iframe><a href="javascript:alert(5)">run</a>
<details open ontoggle=alert(6)>x</details><link rel=stylesheet href="https://evil.example/x.css">
<img src="https://evil.example/x.png"><p style="background: url(https://evil.example/y.png)">x</p>
<style>p { background: url(https://evil.example/z.png) }</style>
<form action="https://evil.example/"><button>send</button></form>
"""


def replies() -> list[SharedMessage]:
    texts = [*HOSTILE, *map(text_of, inputs()), *(each.text(BOMB_SIZE) for each in SHOWN_BOMBS)]
    shared = []
    for text in texts:
        key = uuid.uuid4()
        html = render_document(text, prefix=str(key))
        shared.append(SharedMessage(key, "assistant", text, html))
    unsafe = SharedMessage(uuid.uuid4(), "assistant", UNSAFE, UNSAFE)
    own = [SharedMessage(uuid.uuid4(), "user", text) for text in [*HOSTILE, UNSAFE]]
    return [*shared, *own, unsafe]


def share(app: App, chat: Chat) -> str:
    """Share a chat whose snapshot has all these messages; return the address."""
    chat.ask("/echo shared")
    chat.page.get_by_role("button", name="Share", exact=True).click()
    dialog = chat.page.get_by_role("dialog", name="Share")
    dialog.get_by_role("button", name="Create link").click()
    link = dialog.get_by_label("Link", exact=True)
    expect(link).to_be_visible()
    app.execute(
        "UPDATE sharing_snapshot SET stored = :stored, html_version = :version WHERE share_id IN"
        " (SELECT id FROM sharing_share WHERE conversation_id = :conversation)",
        stored=json.dumps(to_json(Content(tuple(replies())))),
        version=VERSION,
        conversation=uuid.UUID(chat.page.url.rstrip("/").rpartition("/")[2]).hex,
    )
    return link.input_value()


def host(request: Request) -> str:
    return str(request.url.split("/")[2])


def test_nothing_hostile_runs_on_a_shared_page(app: App, chat: Chat, browser: Browser) -> None:
    url = share(app, chat)
    context = browser.new_context()
    page = context.new_page()
    scripts: list[str] = []
    asked: set[str] = set()  # hosts
    dialogs: list[Any] = []
    session = context.new_cdp_session(page)
    session.on("Debugger.scriptParsed", lambda event: scripts.append(event["url"]))
    session.send("Debugger.enable")
    page.on("requestfinished", lambda request: asked.add(host(request)))
    # A request that the policy forbids is reported too, but never sent.
    page.on("requestfailed", lambda request: request.failure != "csp" and asked.add(host(request)))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))

    page.goto(url, wait_until="networkidle")
    page.get_by_role("link", name="run").dispatch_event("click")
    page.get_by_role("button", name="send").dispatch_event("click")

    assert [each for each in scripts if each.startswith(app.url)] == []
    assert dialogs == []
    assert asked == {app.url.removeprefix("http://")}
    assert page.get_by_role("article").count() > len(HOSTILE) + len(SHOWN_BOMBS)
    assert page.url == url
    context.close()
