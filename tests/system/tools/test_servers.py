"""The owner adds an MCP server, and its tool is used from the chat."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.servers.mcp_packages import PackagedServer, clock, needs_mcp_servers
from tests.system.app import App
from tests.system.conftest import Chat
from tests.system.tools.conftest import ToolCalls

pytestmark = needs_mcp_servers

ASK = '/call clock__convert_time {"source_timezone": "UTC", "time": "12:00", "target_timezone": '
LATER = "Using convert_time of Clock"


@pytest.fixture
def server(app: App) -> Iterator[PackagedServer]:
    with clock() as server:
        yield server
    app.forget_servers()


@pytest.fixture
def added(chat: Chat, server: PackagedServer) -> PackagedServer:
    page = chat.page
    page.goto("/tools/servers/add")
    page.get_by_label("Name", exact=True).fill("Clock")
    page.get_by_label("Address").fill(server.url)
    page.get_by_role("button", name="Add").click()
    expect(page.locator("server-card")).to_contain_text("Connected · 2 tools", timeout=30_000)
    chat.open("/")
    return server


def test_a_tool_of_a_server_is_used_from_the_chat(chat: Chat, added: PackagedServer) -> None:
    chat.send(f'{ASK}"Asia/Tokyo"}}')
    tool_calls = ToolCalls(chat)
    tool_calls.expect_reply("waiting")
    expect(tool_calls.lines).to_have_text(LATER)

    tool_calls.say("Always allow in this conversation")
    tool_calls.expect_reply("complete")

    expect(tool_calls.all.locator("summary")).to_have_text(
        re.compile(r"^Used convert_time of Clock *(· \d+\.\d s)?\s*$")
    )
    expect(tool_calls.open().last).to_contain_text("21:00:00+09:00")
    expect(tool_calls.all.locator("pre").last).to_contain_text("untrusted_content")
    expect(chat.replies.last.locator("[data-part=text]")).to_contain_text("+9.0h")
    chat.page.reload()
    expect(tool_calls.lines).to_have_text("Used convert_time of Clock")


@pytest.mark.long
def test_a_call_fails_while_its_server_is_away_and_works_again_later(
    chat: Chat, added: PackagedServer
) -> None:
    added.stop()
    chat.send(f'{ASK}"Asia/Tokyo"}}')
    tool_calls = ToolCalls(chat)
    tool_calls.expect_reply("waiting")
    tool_calls.say("Always allow in this conversation")
    tool_calls.expect_reply("complete")

    tool_calls.expect_state("failed")
    expect(tool_calls.lines).to_contain_text("Clock: The server can't be reached.")
    chat.page.goto("/tools/")
    expect(chat.page.locator("server-card")).to_contain_text("The server can't be reached.")

    added.start()
    chat.page.go_back()
    chat.ask(f'{ASK}"Europe/Berlin"}}')

    tool_calls.expect_state("failed", "done")


@pytest.mark.long
def test_a_switch_turns_a_server_off_in_one_conversation(chat: Chat, added: PackagedServer) -> None:
    chat.page.get_by_role("button", name="Chat settings").click()
    switch = chat.page.get_by_role("checkbox", name="Clock · 2 tools")
    expect(switch).to_be_checked()
    switch.uncheck()
    chat.page.get_by_role("button", name="Save and close").click()

    chat.ask(f'{ASK}"Asia/Tokyo"}}')

    expect(chat.page.locator("[data-part=tool]")).to_have_count(0)

    chat.page.get_by_role("button", name="Chat settings").click()
    switch.check()
    chat.page.get_by_role("button", name="Save and close").click()
    chat.send(f'{ASK}"Asia/Tokyo"}}')
    ToolCalls(chat).expect_reply("waiting")
