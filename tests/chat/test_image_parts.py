"""The parts of a long image: each place knows which part it shows, also where two are the same."""

import re
import uuid
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from PIL import Image as Pillow

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Message
from chatapp.images.models import Image
from chatapp.replies import generation
from chatapp.replies.prompt.building import reply_prompt
from chatapp.replies.prompt.turns import PARTS
from tests.chat.drafts import fields, image_of, kept, post
from tests.chat.test_uploads import file

pytestmark = pytest.mark.django_db(transaction=True)

VALUE = re.compile(r'name="image"\s+disabled\s+value="([^"]+)"')
MARK = re.compile(r'class="mark"[^>]*>([^<]+)<')
NAME = re.compile(r"data-name[^>]*>([^<]+)<")
NOTE = re.compile(r"data-note[^>]*>([^<]+)<")


@pytest.fixture
def uploaded(owner_client: Client) -> dict[str, Any]:
    """Upload a long page of which all but the end is white."""
    page = Pillow.new("RGB", (1_000, 6_000), "white")
    page.paste("teal", (0, 5_500, 1_000, 6_000))
    answer: dict[str, Any] = owner_client.post("/images/", {"image": file(page), "room": 9}).json()
    return answer


def values(uploaded: dict[str, Any]) -> list[str]:
    return [uploaded["id"], *VALUE.findall(uploaded["parts"])]


def test_equal_parts_are_stored_once_and_each_says_its_place_briefly(
    uploaded: dict[str, Any],
) -> None:
    assert Image.objects.count() == 2
    assert [value.partition("/")[2] for value in values(uploaded)] == ["1/4", "2/4", "3/4", "4/4"]
    assert "Sent in 4 parts" in uploaded["note"]
    assert NOTE.findall(uploaded["parts"]) == []
    assert MARK.findall(uploaded["parts"]) == ["2 / 4", "3 / 4", "4 / 4"]
    assert NAME.findall(uploaded["parts"])[0] == "a photo, part 2 of 4.jpeg"


def test_a_draft_keeps_which_part_each_is(owner_client: Client, uploaded: dict[str, Any]) -> None:
    in_order = values(uploaded)
    post(owner_client, fields(image=[in_order[0], *in_order[2:]]))

    chips = kept(owner_client)["images"]

    assert VALUE.findall(chips) == [in_order[0], *in_order[2:]]
    assert MARK.findall(chips) == ["3 / 4", "4 / 4"]
    assert len(NOTE.findall(chips)) == 1
    assert NAME.findall(chips) == [f"a photo, part {number} of 4.jpeg" for number in (1, 3, 4)]


def send(client: Client, **given: Any) -> Any:
    given = {"client_id": uuid.uuid4(), "text": "Look", **given}
    with patch.object(generation, "start"):
        return client.post(
            f"/c/{uuid.uuid4()}/messages", given, headers={"accept": "application/json"}
        )


def test_a_message_keeps_which_part_each_is(owner_client: Client, uploaded: dict[str, Any]) -> None:
    html = send(owner_client, image=values(uploaded)).json()["messages"]

    stored = Attachment.objects.filter(message__role="user")
    assert [(one.part, one.part_count) for one in stored] == [(n, 4) for n in (1, 2, 3, 4)]
    assert [f'alt="a photo, part {n} of 4.jpeg"' in html for n in (1, 2, 3, 4)] == [True] * 4
    assert PARTS in str(reply_prompt(Message.objects.get(role="assistant")).request)


@pytest.mark.parametrize("place", ["0/4", "5/4", "1/9", "9/9"])
def test_a_place_that_cannot_be_is_no_part(owner_client: Client, owner: Person, place: str) -> None:
    image = image_of(owner)

    assert send(owner_client, image=f"{image.pk}/{place}").status_code == 201

    assert [(one.name, one.part) for one in Attachment.objects.all()] == [(image.name, 0)]


@pytest.mark.parametrize("place", ["/1", "/1/2/3", "/a/b", "/-1/2", "/1/2 "])
def test_other_text_behind_an_id_names_no_image(
    owner_client: Client, owner: Person, place: str
) -> None:
    assert send(owner_client, image=f"{image_of(owner).pk}{place}").status_code == 422


def test_a_part_of_another_persons_image_is_missing(owner_client: Client, member: Person) -> None:
    assert send(owner_client, image=f"{image_of(member).pk}/1/2").status_code == 422
