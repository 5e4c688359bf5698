"""A copy of a shared chat: what the share shows, once, and nothing of the author's."""

import uuid
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import Person, PersonalInstructions
from chatapp.conversations.models import (
    Conversation,
    Defaults,
    Message,
    ModelSettings,
    add_exchange,
    beginning,
    branching_off,
    trash,
)
from chatapp.images.models import Image
from chatapp.sharing.continuation import continue_chat
from chatapp.sharing.models import Share
from tests.sharing.conftest import change
from tests.support.replies import MODEL, complete, new_message

pytestmark = pytest.mark.django_db(transaction=True)


def copy(client: Client, url: str, new: uuid.UUID | None = None) -> Conversation:
    new = new or uuid.uuid4()
    answer = client.post(f"{url}continue", {"conversation": str(new)})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer["Location"] == f"/c/{new}/"
    return Conversation.objects.get(pk=new)


def test_a_copy_has_what_the_share_shows(
    member_client: Client, member: Person, share: Share, url: str
) -> None:
    Defaults.objects.store(member, ModelSettings(MODEL, instructions="Be brief."))
    PersonalInstructions.objects.create(person=member, about="A reader.")
    secret = "A secret of the author's."
    Conversation.objects.update(instructions=secret, personal_instructions=secret)
    new = copy(member_client, url)

    assert (new.owner, new.title, new.instructions) == (member, "Hello", "Be brief.")
    assert new.personal_instructions.endswith("A reader.")
    message, reply = new.branch
    assert (message.text, message.author) == ("Hello", member)
    assert (reply.text, reply.html, reply.reasoning) == ("A reply.", "<p>A reply.</p>", "Deep")
    assert (reply.parent, reply.status) == (message, "complete")
    image = Image.objects.get()  # it isn't copied
    assert message.attachments.get().image == image
    call = reply.tool_calls.get()
    assert (call.name, call.state, call.images.get().image) == ("look", "done", image)
    assert member_client.get(f"/images/{image.pk}/").status_code == HTTPStatus.OK
    page = member_client.get(f"/c/{new.pk}/").text
    assert "A reply." in page
    assert "secret" not in page + member_client.get(f"/c/{new.pk}/prompt/").text


def test_a_copy_leaves_out_what_the_share_leaves_out(
    member_client: Client, owner: Person, share: Share, url: str
) -> None:
    later = add_exchange(owner, new_message("Later", share.conversation_id))
    complete(later.reply)
    change(share, with_images=False, with_thinking=False, with_tool_calls=False)
    new = copy(member_client, url)

    message, reply = new.branch
    assert not message.attachments.exists()
    assert not reply.tool_calls.exists()
    assert reply.reasoning == ""
    assert member_client.get(f"/images/{Image.objects.get().pk}/").status_code == 404


def test_a_reply_that_failed_is_retried_without_the_authors_error(
    member_client: Client, owner_client: Client, share: Share, url: str
) -> None:
    Message.objects.filter(role="assistant").update(status="failed", error="The key is wrong.")
    owner_client.post(f"/c/{share.conversation_id}/share/snapshot")

    reply = copy(member_client, url).branch.last()
    assert (reply.status, reply.error) == ("failed", "The reply was interrupted.")
    assert reply.can_retry


def test_the_same_id_makes_one_copy(
    member_client: Client, owner_client: Client, share: Share, url: str
) -> None:
    new = copy(member_client, url)
    assert copy(member_client, url, new.pk) == new
    assert new.branch.count() == 2

    refused = owner_client.post(f"{url}continue", {"conversation": str(new.pk)})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "out of date" in refused.text
    assert member_client.post(f"{url}continue", {"conversation": "x"}).status_code == 422


def test_copies_are_limited_like_new_chats(
    member_client: Client, share: Share, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginning, "MAX_BEGUN", 0)
    answer = member_client.post(f"{url}continue", {"conversation": str(uuid.uuid4())})

    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "too many chats" in answer.text


def test_all_copies_of_a_minute_have_a_limit(
    member_client: Client, share: Share, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(branching_off, "MAX_COPIED", 3)
    copy(member_client, url)
    answer = member_client.post(f"{url}continue", {"conversation": str(uuid.uuid4())})

    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS


@pytest.mark.parametrize("is_trashed", [False, True])
def test_nothing_is_copied_of_a_share_that_ends_meanwhile(
    member: Person, share: Share, *, is_trashed: bool
) -> None:
    if is_trashed:
        trash.trash(share.conversation)
    else:
        change(share, ends_at=timezone.now())

    with pytest.raises(Share.DoesNotExist):
        continue_chat(share, member, uuid.uuid4())


def test_a_copy_stays_when_the_share_and_its_chat_go(
    member_client: Client, owner_client: Client, share: Share, url: str
) -> None:
    new = copy(member_client, url)
    owner_client.post(f"/c/{share.conversation_id}/deletion")
    owner_client.post(f"/c/{share.conversation_id}/removal")

    assert not Share.objects.exists()
    assert new.branch.count() == 2
    assert Image.objects.exists()


def test_the_author_can_continue_too(owner_client: Client, share: Share, url: str) -> None:
    assert copy(owner_client, url).branch.count() == 2
