"""/tools/: what it shows of tools and servers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from chatapp.mcp.encryption import encrypt
from chatapp.mcp.models import Server, ToolSetting
from chatapp.tools.registry import built_in
from tests.mcp.conftest import add_tool
from tests.server.test_frame import inline_code

pytestmark = pytest.mark.django_db(transaction=True)


def page(owner_client: Client) -> str:
    return owner_client.get("/tools/").text


def test_every_built_in_tool_is_listed_with_a_sentence_for_people(owner_client: Client) -> None:
    shown = page(owner_client)

    for tool in built_in().values():
        assert f"<bdi>{tool.label}</bdi>" in shown
        assert tool.about
        assert str(tool.about) in shown
        assert tool.description not in shown
    assert shown.count('<option value="allow" selected>') == len(built_in())


def test_the_choice_of_the_owner_is_selected(owner_client: Client) -> None:
    ToolSetting.objects.create(name="current_weather", access="off")

    assert page(owner_client).count('<option value="off" selected>') == 1


def test_a_page_without_servers_shows_a_sentence(owner_client: Client) -> None:
    shown = page(owner_client)

    assert "No servers yet." in shown
    assert 'href="/tools/servers/add"' in shown


def test_a_server_shows_its_state_and_tools(owner_client: Client, notes: Server) -> None:
    shown = page(owner_client)

    assert 'data-state="connected"' in shown
    assert "Connected · 2 tools · checked 10\xa0minutes ago" in shown
    assert "Read-only, according to the server." in shown
    assert "May change things." in shown
    assert inline_code(shown) == []


def test_a_problem_is_shown_with_its_time(owner_client: Client, notes: Server) -> None:
    notes.problem, notes.checked_at = "It rained.", timezone.now()
    notes.save()

    shown = page(owner_client)

    assert 'data-state="problem"' in shown
    assert "It rained. · tried just now" in shown
    assert "data-stale" not in shown


def test_a_state_older_than_a_minute_is_stale(owner_client: Client, notes: Server) -> None:
    assert "data-stale" in page(owner_client)

    Server.objects.update(checked_at=timezone.now() - timedelta(seconds=50))
    assert "data-stale" not in page(owner_client)

    Server.objects.update(checked_at=None)
    assert "Not checked yet" in page(owner_client)
    assert "data-stale" in page(owner_client)


def test_a_removed_tool_is_shown_without_a_choice(owner_client: Client, notes: Server) -> None:
    notes.tools.filter(remote_name="write").update(is_removed=True)

    shown = page(owner_client)

    assert "Connected · 1 tool ·" in shown
    assert "The server no longer offers this tool." in shown
    assert 'name="tool-notes_search"' in shown
    assert 'name="tool-notes_write"' not in shown


def test_an_excluded_tool_is_shown_with_the_reason_and_without_a_choice(
    owner_client: Client, notes: Server
) -> None:
    add_tool(notes, "odd", parameters={}, description="Not available: it wants too much.")

    shown = page(owner_client)

    assert "Connected · 2 tools ·" in shown
    assert "Not available: it wants too much." in shown
    assert 'name="tool-notes_odd"' not in shown


def test_the_texts_of_a_server_are_shown_as_plain_text(owner_client: Client, notes: Server) -> None:
    evil = "<script>alert(1)</script>\u202egnp.exe\x07"
    add_tool(notes, "evil", title=evil, description=f"{evil}\n\nMore.")
    notes.problem = "<b>bold</b>"
    notes.save()

    shown = page(owner_client)

    assert "<script>alert" not in shown
    assert "<b>bold" not in shown
    assert "\u202e" not in shown
    assert "\x07" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;gnp.exe\n\nMore." in shown


def test_a_long_description_is_folded_and_an_endless_one_shortened(
    owner_client: Client, notes: Server
) -> None:
    add_tool(notes, "long", description="Word.\n" * 100_000)
    add_tool(notes, "short", description="Short.")

    shown = page(owner_client)

    assert shown.count('class="tool-summary"') == 1
    assert len(shown) < 40_000


def test_a_saved_token_is_mentioned_but_never_shown(owner_client: Client, notes: Server) -> None:
    notes.encrypted_token = encrypt("mcp-0123456789")
    notes.save()

    both = page(owner_client) + owner_client.get(f"/tools/servers/{notes.pk}/change").text

    assert "token saved" in both
    assert "mcp-0123456789" not in both
    assert notes.encrypted_token not in both


def test_a_token_of_a_former_secret_key_is_explained(
    owner_client: Client, owner: object, notes: Server, settings: Settings
) -> None:
    notes.encrypted_token = "gAAAAA"
    notes.save()

    for path in ("/tools/", f"/tools/servers/{notes.pk}/change"):
        assert "because SECRET_KEY has changed" in owner_client.get(path).text


def test_more_servers_and_tools_cost_no_more_queries(
    owner_client: Client, notes: Server, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page(owner_client)  # sets the cookie that names the person
    with django_assert_num_queries(QUERIES):
        page(owner_client)
    for number in range(5):
        other = Server.objects.create(name=f"Other {number}", url="http://127.0.0.1:1/")
        add_tool(other, f"tool-{number}")

    with django_assert_num_queries(QUERIES):
        page(owner_client)


# Session with person, own tools, servers, their tools, and for the sidebar pinned conversations,
# projects and the others.
QUERIES = 7
