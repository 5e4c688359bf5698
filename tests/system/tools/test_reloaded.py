"""Approve, Deny and Stop right after a reload; a late answer never hides newer events."""

import re

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.servers.note_service import NoteService
from tests.system.conftest import Chat
from tests.system.tools.conftest import ToolCalls, wait_note

LIST = "**/messages?after=*"
DECISION = "**/decision"
SCRIPTS = re.compile(r"/static/js/app\..*\.js$")
# Comes last in an answer, so the page has read the rest of that when it shows this.
MARK = "<article data-message='mark' data-role='user' data-position='99'>Read</article>"


class Late:
    """The first answer to a request: the server gives it at once, the page gets it later."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._routes: list[Route] = []
        page.route(url, lambda route: self._routes.append(route), times=1)

    def wait_until_given(self) -> None:
        while not self._routes:
            self.page.evaluate("new Promise(requestAnimationFrame)")  # lets the request in
        self._answer = self._routes[0].fetch()

    def hand_over(self) -> None:
        if "json" in self._answer.headers["content-type"]:
            answer = self._answer.json()
            self._routes[0].fulfill(json=answer | {"html": answer["html"] + MARK})
        else:
            self._routes[0].fulfill(response=self._answer, body=self._answer.text() + MARK)
        expect(self.page.locator("[data-message=mark]")).to_be_attached()


def wait_two_notes(chat: Chat) -> ToolCalls:
    chat.send('/call leave_note {"text": "one"}\n/call leave_note {"text": "two"}')
    tool_calls = ToolCalls(chat)
    tool_calls.expect_reply("waiting")
    return tool_calls


def reload(chat: Chat) -> Late:
    """Open the page again; the answer with what it may have missed is on its way."""
    missed = Late(chat.page, LIST)
    chat.page.reload()
    missed.wait_until_given()
    return missed


@pytest.mark.long
def test_a_stopped_reply_stays_stopped(chat: Chat, note_service: NoteService) -> None:
    tool_calls = wait_note(chat)
    missed = reload(chat)
    chat.stop_button.click()
    tool_calls.expect_reply("stopped")

    missed.hand_over()

    tool_calls.expect_reply("stopped")
    expect(chat.stop_button).to_be_hidden()


@pytest.mark.parametrize(
    ("word", "state"),
    [("Allow once", "done"), pytest.param("Deny", "denied", marks=pytest.mark.long)],
)
def test_a_decided_call_stays_decided(
    chat: Chat, note_service: NoteService, word: str, state: str
) -> None:
    tool_calls = wait_note(chat)
    missed = reload(chat)
    tool_calls.say(word)
    tool_calls.expect_reply("complete")

    missed.hand_over()

    tool_calls.expect_reply("complete")
    tool_calls.expect_state(state)


@pytest.mark.long
def test_a_call_stays_decided_while_another_one_waits(
    chat: Chat, note_service: NoteService
) -> None:
    tool_calls = wait_two_notes(chat)
    missed = reload(chat)
    tool_calls.say("Deny")
    tool_calls.expect_state("denied", "awaiting_approval")

    missed.hand_over()

    tool_calls.expect_state("denied", "awaiting_approval")


@pytest.mark.long
@pytest.mark.parametrize("then", ["Stop", "Allow once"])
def test_a_late_answer_to_a_decision_hides_nothing(
    chat: Chat, note_service: NoteService, then: str
) -> None:
    tool_calls = wait_two_notes(chat)
    decision = Late(chat.page, DECISION)
    tool_calls.say("Deny")
    decision.wait_until_given()
    tool_calls.expect_state("denied", "awaiting_approval")
    tool_calls.say(then)
    end = "stopped" if then == "Stop" else "complete"
    tool_calls.expect_reply(end)

    decision.hand_over()

    tool_calls.expect_reply(end)


@pytest.mark.long
@pytest.mark.parametrize(("button", "end"), [("Stop", "stopped"), ("Deny", "complete")])
def test_a_button_works_before_the_scripts_load(
    chat: Chat, note_service: NoteService, button: str, end: str
) -> None:
    tool_calls = wait_note(chat)
    scripts: list[Route] = []
    chat.page.route(SCRIPTS, lambda route: scripts.append(route))
    chat.page.reload(wait_until="commit")

    tool_calls.say(button)
    chat.page.unroute(SCRIPTS)

    tool_calls.expect_reply(end)


@pytest.mark.long
@pytest.mark.parametrize(("button", "end"), [("Stop", "stopped"), ("Deny", "complete")])
def test_a_button_works_before_the_socket_is_open(
    chat: Chat, note_service: NoteService, button: str, end: str
) -> None:
    tool_calls = wait_note(chat)
    sockets: list[WebSocketRoute] = []
    chat.page.route_web_socket("**/ws/", lambda socket: sockets.append(socket))
    chat.page.reload()
    with chat.page.expect_response(lambda answer: answer.request.method == "POST"):
        tool_calls.say(button)

    for socket in sockets:
        socket.connect_to_server()

    tool_calls.expect_reply(end)
