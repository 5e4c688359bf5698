"""The tool switches on the page: their text, their link for the owner, their queries."""

import re
import uuid
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path
from pytest_django import Settings

from chatapp.chat.forms import settings
from chatapp.chat.views.page import home
from chatapp.conversations.models import Exchange
from chatapp.inference.catalog import load_catalog
from chatapp.mcp import switches
from chatapp.mcp.models import ToolSetting
from chatapp.mcp.switches import Switch
from chatapp.replies.tools.toolbox import Toolbox
from chatapp.tools.registry import built_in
from chatapp.urls import urlpatterns as chatapp_urls

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]
JSON = {"accept": "application/json"}
urlpatterns = [path("tools/", home, name="tools"), *chatapp_urls]


def words(html: str) -> str:
    return unescape(re.sub("<[^>]*>", "", html.partition(">")[2])).replace("\xa0", " ")


def test_a_switch_shows_which_tools_need_approval_and_how_many_a_server_has(
    owner_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ToolSetting.objects.create(name="read_web_page", access="ask")
    ToolSetting.objects.create(name="current_weather", access="off")
    own = switches.switches()
    free, asking = own[0].tools, own[-1].tools
    servers = [
        Switch("server-1", "GitHub", False, (*free, *asking)),
        Switch("server-2", "One & all", True, free),
    ]
    monkeypatch.setattr(settings, "switches_for", lambda person: [*own, *servers])

    page = owner_client.get("/settings/defaults").content.decode()

    labels = re.findall(r'data-usual="(\w+)"(.*?)</label>', page)
    assert [(usual, words(rest)) for usual, rest in labels] == [
        ("on", "Calculator"),
        ("on", "Date and time"),
        ("on", "Web pages needs approval"),
        ("off", "GitHub · 2 tools needs approval"),
        ("on", "One & all · 1 tool"),
    ]


def test_there_are_no_switches_when_the_owner_turned_all_tools_off(owner_client: Client) -> None:
    for name in built_in():
        ToolSetting.objects.create(name=name, access="off")

    assert "<legend>Tools</legend>" not in owner_client.get("/settings/defaults").content.decode()


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("is_off", [False, True])
def test_only_the_owner_has_a_link_to_the_tools_page(
    owner_client: Client, member_client: Client, is_off: bool
) -> None:
    for name in built_in() if is_off else ():
        ToolSetting.objects.create(name=name, access="off")

    link = 'id="settings".*<a href="/tools/">.*</settings-sheet>'
    assert re.search(link, owner_client.get("/settings/defaults").content.decode(), re.DOTALL)
    assert not re.search(link, member_client.get("/settings/defaults").content.decode(), re.DOTALL)


def test_a_model_without_tools_is_offered_none(
    owner_client: Client, exchange: Exchange, settings: Settings
) -> None:
    settings.CATALOG = settings.CATALOG | load_catalog('[{"id": "plain", "tools": false}]')
    exchange.reply.model = "plain"

    assert not Toolbox.of(exchange.reply).tools
    page = owner_client.get("/settings/defaults").content.decode()
    assert re.findall(r'value="([^"]+)"[^>]*data-without-tools', page) == ["plain"]


def test_a_page_queries_the_switches_once(owner_client: Client, exchange: Exchange) -> None:
    with CaptureQueriesContext(connection) as queries:
        owner_client.get(exchange.conversation.get_absolute_url())

    table = ToolSetting._meta.db_table
    assert len([query for query in queries if f'FROM "{table}"' in query["sql"]]) == 1


def test_a_later_message_does_not_query_the_switches(
    owner_client: Client, exchange: Exchange
) -> None:
    fields = {"client_id": uuid.uuid4(), "text": "And?"}
    with CaptureQueriesContext(connection) as queries:
        owner_client.post(f"/c/{exchange.conversation.pk}/messages", fields, headers=JSON)

    assert not [query for query in queries if ToolSetting._meta.db_table in query["sql"]]
