"""Pages beside the chat have its sidebar, so that nobody needs a way back."""

import re

import pytest
from django.test import Client

from chatapp.conversations.models import Exchange

PATHS = [
    "/storage/",
    "/shares/",
    "/transfer/",
    "/tools/",
    "/tools/servers/add",
    "/diagnostics/",
    "/account/password/",
    "/account/password/changed/",
    "/account/links/",
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
            "/shares/",
            "/transfer/",
            "/tools/",
            "/diagnostics/",
            "/account/password/",
            "/usage/",
        ),
    )
    assert current == ([path] if path in in_the_menu else [])


def test_a_page_before_signing_in_has_no_sidebar(
    stranger_client: Client, exchange: Exchange
) -> None:
    page = stranger_client.get("/account/sign-in/").text

    assert exchange.conversation.get_absolute_url() not in page
    assert 'id="sidebar"' not in page
