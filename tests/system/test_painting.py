"""The changes of several patches are painted in the order in which they happened, and what is read
aloud or quoted of a reply is its text alone."""

from typing import Any

from playwright.sync_api import Browser

from tests.system.app import ROOT

SITE = "http://painting.test"
PAGE = """<!doctype html><article data-role="assistant" data-status="queued">
<div data-slot="notices"></div><div class="activity" data-slot="activity-0"></div>
<div data-part="text"></div><!--/text--></article>"""
PAINT = """async patches => {
  const { ReplyText } = await import("/patches.js");
  const { paintReply } = await import("/articles.js");
  const { SpokenText } = await import("/spoken-text.js");
  const { textOf } = await import("/copies.js");
  const text = new ReplyText({ blocks: [] });
  const changes = patches.map(patch => text.receive(patch)).at(-1);
  const article = document.querySelector("article");
  const spoken = paintReply(article, text.blocks, changes);
  const states = [...article.querySelectorAll("[data-part=tool]")].map(call => call.dataset.state);
  const reasoning = [...article.querySelectorAll("[data-reasoning]")].map(each => each.textContent);
  const readAloud = new SpokenText(article.querySelector("[data-part=text]")).next(true);
  const shown = article.innerText;
  return { states, reasoning, shown, spoken, readAloud, quoted: textOf(article) };
}"""


def call(name: str, state: str) -> str:
    line = f'<span class="tool-call-line">{name} {state}</span>'
    opening = f'<details id="{name}" data-part="tool" data-state="{state}">'
    return f"{opening}<summary>{line}</summary></details>"


def thought(turn: int, reasoning: str) -> str:
    return f'<div data-slot="thinking-{turn}"><p data-reasoning>{reasoning}</p></div>'


def test_patches_that_waited_for_an_earlier_one_end_as_they_happened(browser: Browser) -> None:
    place = '<div class="activity" data-slot="activity-1"></div>'
    patches: list[dict[str, Any]] = [
        {"blocks": [[0, 0, "<p>One</p>"]], "parts": {"activity-0": thought(0, "Hm")}},
        {"blocks": [], "reasoning": "m."},
        {"blocks": [[1, 0, place]], "parts": {"activity-1": call("a", "ready") + thought(1, "")}},
        {"blocks": [], "tool_calls": [call("a", "running")]},
        {"blocks": [], "tool_calls": [call("a", "done")]},
        {
            "blocks": [],
            "parts": {"activity-1": call("a", "done") + call("b", "ready") + thought(2, "So")},
        },
        {"blocks": [], "tool_calls": [call("b", "running")]},
        {"blocks": [[2, 0, "<p>Two</p>"]], "reasoning": "."},
    ]
    for number, patch in enumerate(patches, 1):
        patch |= {"attempt": 1, "sequence": number, "status": "streaming"}

    with browser.new_context() as context:
        context.route(
            f"{SITE}/**",
            lambda route: route.fulfill(
                body=source(route.request.url) or PAGE,
                content_type="text/javascript" if ".js" in route.request.url else "text/html",
            ),
        )
        page = context.new_page()
        page.goto(f"{SITE}/")
        painted = page.evaluate(PAINT, patches[::-1])

    assert painted["states"] == ["done", "running"]
    assert painted["reasoning"] == ["Hmm.", "So."]
    lines = [line for line in painted["shown"].split("\n") if line]
    assert lines == ["Hmm.", "One", "a done", "b running", "So.", "Two"]
    assert painted["spoken"] == "a done. b running"
    assert painted["readAloud"].split() == ["One", "Two"]
    assert painted["quoted"] == "One\n\nTwo"


def source(url: str) -> str:
    name = url.rpartition("/")[2]
    return (ROOT / "static" / "js" / "lib" / name).read_text() if name else ""
