"""Images of a share: only through its address, and only what it shows."""

from http import HTTPStatus

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from chatapp.conversations.models import Exchange
from chatapp.images.image_data import ImageData
from chatapp.images.models import Image
from chatapp.sharing.models import Share
from tests.sharing.conftest import change

# Checking a password gives the connection back, which ends the transaction of a test.
pytestmark = pytest.mark.django_db(transaction=True)


def status(client: Client, path: str) -> int:
    return int(client.get(path).status_code)


def test_images_are_shown_as_chosen(stranger_client: Client, share: Share, url: str) -> None:
    image = Image.objects.get()
    answer = stranger_client.get(f"{url}images/1")
    assert (answer["Content-Type"], answer.content) == (image.content_type, image.content)
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert status(stranger_client, f"{url}images/2") == HTTPStatus.OK
    assert status(stranger_client, f"{url}images/3") == HTTPStatus.NOT_FOUND

    change(share, with_tool_calls=False)
    assert status(stranger_client, f"{url}images/1") == HTTPStatus.OK
    assert status(stranger_client, f"{url}images/2") == HTTPStatus.NOT_FOUND

    change(share, with_images=False)
    assert status(stranger_client, f"{url}images/1") == HTTPStatus.NOT_FOUND


def test_a_share_opens_no_other_address_of_an_image(
    stranger_client: Client, member_client: Client, share: Share
) -> None:
    path = f"/images/{Image.objects.get().pk}/"

    assert status(member_client, path) == HTTPStatus.NOT_FOUND
    assert status(stranger_client, path) == HTTPStatus.FOUND


def test_an_image_needs_the_password(stranger_client: Client, share: Share, url: str) -> None:
    change(share, password=make_password("open sesame"))
    assert status(stranger_client, f"{url}images/1") == HTTPStatus.NOT_FOUND

    stranger_client.post(f"{url}password", {"password": "open sesame"})
    assert status(stranger_client, f"{url}images/1") == HTTPStatus.OK


def test_a_link_to_an_image_loads_nothing(
    stranger_client: Client, owner_client: Client, rich: Exchange, share: Share, url: str
) -> None:
    rich.message.attachments.create(position=1, link="https://example.com/cat.png")
    owner_client.post(f"/c/{share.conversation_id}/share/snapshot")

    shown = stranger_client.get(url).text
    assert 'href="https://example.com/cat.png"' in shown
    assert 'src="https://' not in shown


def test_an_image_that_is_lost_is_not_found(stranger_client: Client, url: str) -> None:
    ImageData.objects.all().delete()

    assert status(stranger_client, f"{url}images/1") == HTTPStatus.NOT_FOUND
