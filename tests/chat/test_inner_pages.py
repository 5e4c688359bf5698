"""Pages beside the chat have its sidebar, so that nobody needs a way back."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from chatapp.conversations import put_away
from chatapp.conversations.models import Conversation, Exchange
from chatapp.people.log_filter import PER_PAGE

PATHS = [
    "/storage/",
    "/projects/",
    "/shares/",
    "/transfer/",
    "/tools/",
    "/tools/servers/add",
    "/diagnostics/",
    "/account/",
    "/account/password/",
    "/account/password/changed/",
    "/people/",
    "/people/log/",
    "/usage/",
    "/usage/everybody/",
]


@pytest.mark.parametrize("path", PATHS)
def test_an_inner_page_has_the_sidebar(owner_client: Client, exchange: Exchange, path: str) -> None:
    page = owner_client.get(path).text

    assert f'href="{exchange.conversation.get_absolute_url()}"' in page
    assert "Back to your chats" not in page
    current = re.findall(r'<a[^>]*href="([^"]*)"[^>]*aria-current="page"', page)
    in_the_menu = (
        *(
            "/storage/",
            "/projects/",
            "/shares/",
            "/transfer/",
            "/tools/",
            "/diagnostics/",
            "/account/",
        ),
        "/people/",
        "/usage/",
    )
    assert current == ([path] if path in in_the_menu else [])


def test_a_page_before_signing_in_has_no_sidebar(
    stranger_client: Client, exchange: Exchange
) -> None:
    page = stranger_client.get("/account/sign-in/").text

    assert exchange.conversation.get_absolute_url() not in page
    assert 'id="sidebar"' not in page


@pytest.mark.parametrize("path", ["/trash/", "/archive/", "/people/log/"])
def test_a_long_list_on_an_inner_page_is_not_continued_in_the_sidebar(
    owner_client: Client, owner: Person, path: str
) -> None:
    now = timezone.now()
    column = {"/trash/": "trashed_at", "/archive/": "archived_at"}.get(path)
    if column:
        Conversation.objects.bulk_create(
            Conversation(owner=owner, title="Put away", **{column: now})
            for _ in range(put_away.PER_PAGE + 1)
        )
    else:
        Entry.objects.bulk_create(Entry(action=Action.EXPORTED) for _ in range(PER_PAGE + 1))

    page = owner_client.get(path)

    assert page.context["more_url"]
    assert "data-more" not in page.text
