"""Somebody who becomes a guest shares nothing, until they are a member again."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.sharing.models import Share

pytestmark = pytest.mark.django_db(transaction=True)


def change(share: Share, **values: Any) -> None:
    Person.objects.filter(pk=share.conversation.owner_id).update(**values)


def test_the_links_of_a_guest_open_again_with_the_role(
    share: Share, url: str, owner_client: Client
) -> None:
    image = f"{url}images/1"
    change(share, is_owner=False, assigned_role="guest")
    assert [Client().get(each).status_code for each in (url, image)] == [HTTPStatus.NOT_FOUND] * 2
    assert owner_client.get("/shares/").status_code == HTTPStatus.NOT_FOUND

    change(share, assigned_role="member")
    assert [Client().get(each).status_code for each in (url, image)] == [HTTPStatus.OK] * 2


def test_the_owner_shares_whatever_role_was_theirs_before(share: Share, url: str) -> None:
    change(share, assigned_role="guest")

    assert Client().get(url).status_code == HTTPStatus.OK


def test_a_guest_sees_no_way_to_share(guest_client: Client) -> None:
    page = guest_client.get("/").text

    assert "data-share" not in page
    assert "/shares/" not in page


def test_a_guest_may_continue_what_others_share(
    guest_client: Client, share: Share, url: str
) -> None:
    assert guest_client.get(f"{url}continue").status_code == HTTPStatus.OK
