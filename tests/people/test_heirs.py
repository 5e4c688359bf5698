"""Files of somebody who is removed: images that others show become theirs, documents go."""

import uuid
from http import HTTPStatus

import pytest
from django.http import Http404
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.access import visible_document
from chatapp.conversations.models import Attachment, ToolCallImage
from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.jobs.models import Job
from chatapp.people import image_heirs
from chatapp.sharing.continuation import continue_chat
from chatapp.sharing.publishing import publish
from tests.images.conftest import made
from tests.people.kit import delete_long_ago, everything_of, removed
from tests.sharing.conftest import CHOICES

pytestmark = pytest.mark.django_db(transaction=True)


def test_images_that_others_copied_become_theirs(owner: Person, member: Person) -> None:
    share = everything_of(member)
    copy, _created = continue_chat(share, owner, uuid.uuid4())
    ids = set(Image.objects.values_list("pk", flat=True))
    delete_long_ago(member)

    removed(member)

    assert set(Image.objects.filter(owner=owner).values_list("pk", flat=True)) == ids
    message, reply = copy.branch
    assert message.attachments.get().image.content
    assert reply.tool_calls.get().images.get().image.content


def test_an_image_that_the_other_person_has_already_is_not_there_twice(
    owner: Person, member: Person
) -> None:
    share = everything_of(member)
    copy, _created = continue_chat(share, owner, uuid.uuid4())
    own = Image.objects.store(owner, made())
    again = publish(copy, CHOICES)
    delete_long_ago(member)

    removed(member)

    assert list(Image.objects.filter(owner=owner, sha256=own.sha256)) == [own]
    assert Attachment.objects.get().image == own
    assert Client().get(f"/s/{again.token}/images/1").status_code == HTTPStatus.OK


def test_an_image_that_only_a_download_still_has_waits_for_nobody(
    owner: Person, member: Person
) -> None:
    """The archive of somebody else names it, and the database would refuse to let it go."""
    share = everything_of(member)
    copy, _created = continue_chat(share, owner, uuid.uuid4())
    job = Job.objects.create(kind="export", owner=owner)
    for number, image in enumerate(Image.objects.all()):
        job.parts.create(number=number, offset=number, image=image)
    ToolCallImage.objects.all().delete()
    copy.delete()
    delete_long_ago(member)

    removed(member)

    assert set(Image.objects.values_list("owner", flat=True)) == {owner.pk}


def test_an_image_that_nobody_shows_has_no_heir(member: Person) -> None:
    assert image_heirs._heir(Image.objects.store(member, made())) is None


def test_documents_have_no_heirs(owner: Person, member: Person) -> None:
    """Nobody else ever has them: neither by a shared chat nor by their id."""
    share = everything_of(member)
    document = Document.objects.get()
    copy, _created = continue_chat(share, owner, uuid.uuid4())
    again = publish(copy, CHOICES)

    assert not Attachment.objects.filter(message__conversation=copy, document__isnull=False)
    assert Document.objects.hold(owner, [document.pk]) == {}
    with pytest.raises(Http404):
        visible_document(owner, document.pk)
    assert str(document.pk) not in Client().get(f"/s/{again.token}/").text
    delete_long_ago(member)

    removed(member)

    assert not Document.objects.exists()
    assert not Person.objects.filter(pk=member.pk).exists()
