"""/tools/: what it shows of tools and servers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from chatapp.connectors.models import Server, ToolSetting
from chatapp.connectors.sealing import seal
from chatapp.tools.registry import built_in
from tests.connectors.conftest import add_tool
from tests.server.test_frame import inline_code

pytestmark = pytest.mark.django_db(transaction=True)


def page(visitor: Client) -> str:
    return visitor.get("/tools/").text


def test_every_tool_of_the_app_is_there_with_a_sentence_for_people(owner_client: Client) -> None:
    shown = page(owner_client)

    for tool in built_in().values():
        assert f"<bdi>{tool.label}</bdi>" in shown
        assert tool.about
        assert str(tool.about) in shown
        assert tool.description not in shown
    assert shown.count('<option value="free" selected>') == len(built_in())


def test_a_word_of_the_owner_stands_in_its_place(owner_client: Client) -> None:
    ToolSetting.objects.create(name="current_weather", access="off")

    assert page(owner_client).count('<option value="off" selected>') == 1


def test_without_servers_the_page_says_so(owner_client: Client) -> None:
    shown = page(owner_client)

    assert "There is none yet." in shown
    assert 'href="/tools/servers/add"' in shown


def test_a_server_shows_its_state_and_tools(owner_client: Client, notes: Server) -> None:
    shown = page(owner_client)

    assert 'data-state="connected"' in shown
    assert "Connected · 2 tools · checked 10\xa0minutes ago" in shown
    assert "The server says that it only reads." in shown
    assert "May change things." in shown
    assert inline_code(shown) == []


def test_a_problem_stands_there_with_its_time(owner_client: Client, notes: Server) -> None:
    notes.problem, notes.checked_at = "Nobody answers.", timezone.now()
    notes.save()

    shown = page(owner_client)

    assert 'data-state="problem"' in shown
    assert "Nobody answers. · tried just now" in shown
    assert "data-stale" not in shown


def test_what_is_older_than_a_minute_is_marked_to_be_asked_again(
    owner_client: Client, notes: Server
) -> None:
    assert "data-stale" in page(owner_client)

    Server.objects.update(checked_at=timezone.now() - timedelta(seconds=50))
    assert "data-stale" not in page(owner_client)

    Server.objects.update(checked_at=None)
    assert "Not checked yet" in page(owner_client)
    assert "data-stale" in page(owner_client)


def test_a_tool_that_is_gone_is_shown_as_such_and_offers_no_choice(
    owner_client: Client, notes: Server
) -> None:
    notes.tools.filter(remote_name="write").update(is_gone=True)

    shown = page(owner_client)

    assert "Connected · 1 tool ·" in shown
    assert "The server no longer has it." in shown
    assert 'name="tool-notes_search"' in shown
    assert 'name="tool-notes_write"' not in shown


def test_a_tool_that_can_not_be_offered_says_why_and_offers_no_choice(
    owner_client: Client, notes: Server
) -> None:
    add_tool(notes, "odd", parameters={}, description="Left out: it wants too much.")

    shown = page(owner_client)

    assert "Connected · 2 tools ·" in shown
    assert "Left out: it wants too much." in shown
    assert 'name="tool-notes_odd"' not in shown


def test_what_a_server_says_is_shown_as_plain_text(owner_client: Client, notes: Server) -> None:
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


def test_a_long_description_is_folded_and_an_endless_one_cut(
    owner_client: Client, notes: Server
) -> None:
    add_tool(notes, "long", description="Word.\n" * 100_000)
    add_tool(notes, "short", description="Short.")

    shown = page(owner_client)

    assert shown.count('class="tool-beginning"') == 1
    assert len(shown) < 40_000


def test_a_token_is_told_of_and_never_shown(owner_client: Client, notes: Server) -> None:
    notes.sealed_token = seal("mcp-0123456789")
    notes.save()

    both = page(owner_client) + owner_client.get(f"/tools/servers/{notes.pk}/change").text

    assert "a token is kept" in both
    assert "mcp-0123456789" not in both
    assert notes.sealed_token not in both


def test_a_token_of_a_former_secret_key_is_explained(
    owner_client: Client, owner: object, notes: Server, settings: Settings
) -> None:
    notes.sealed_token = "gAAAAA"
    notes.save()

    for path in ("/tools/", f"/tools/servers/{notes.pk}/change"):
        assert "because SECRET_KEY has changed" in owner_client.get(path).text


def test_more_servers_and_tools_cost_no_more_queries(
    owner_client: Client, notes: Server, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        page(owner_client)
    for number in range(5):
        other = Server.objects.create(name=f"Other {number}", url="http://127.0.0.1:1/")
        add_tool(other, f"tool-{number}")

    with django_assert_num_queries(QUERIES):
        page(owner_client)


QUERIES = 5  # session, person, own tools, servers, their tools
