"""Make a share, and take a new snapshot for it."""

from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from chatapp.accounts import hashing
from chatapp.conversations.models import Conversation
from chatapp.rendering import VERSION
from chatapp.sharing.content import Content, to_json
from chatapp.sharing.models import Share, Snapshot
from chatapp.sharing.snapshots import take_snapshot

MAX_SHARES = 200  # of a person
MAX_PERSON_BYTES = 30_000_000  # of all snapshots of a person


class SharesFull(Exception):
    """Report that the person shares as many chats, or as much, as they may."""


class Busy(Exception):
    """Report that too many passwords are being hashed at the moment."""


class Choices(NamedTuple):
    """What the author chose. `password` is None to keep the present one, "" for none."""

    ends_at: datetime | None
    password: str | None
    with_images: bool
    with_thinking: bool
    with_tool_calls: bool
    author_name: str


def publish(conversation: Conversation, choices: Choices) -> Share:
    """Share what the conversation shows now; if it is shared already, only set the choices.

    Raises NothingToShare, TooLong, SharesFull, Busy, and Conversation.DoesNotExist when it was
    deleted meanwhile.
    """
    chosen = _columns(choices)
    if share := _change(conversation, chosen):
        return share
    share = Share(conversation=conversation, **chosen)
    share.make_address()
    content, described = _snapshot(share)
    _assign(share, described)
    try:
        with transaction.atomic():
            # Deleting it removes its share, and waits here for this one.
            Conversation.objects.present().select_for_update().get(pk=conversation.pk)
            share.save(force_insert=True)
            _store(share, content)
    except IntegrityError:  # somebody clicked twice
        share = Share.objects.get(conversation=conversation)
    return share


def update(share: Share) -> bool:
    """Show what the conversation shows now, under the same link; False if it was revoked.

    Raises NothingToShare, TooLong, SharesFull.
    """
    content, described = _snapshot(share)
    with transaction.atomic():
        if not Share.objects.filter(pk=share.pk).update(**described):
            return False
        _store(share, content)
    _assign(share, described)
    return True


def _columns(choices: Choices) -> dict[str, Any]:
    """Return the columns to set, with the hash of the password."""
    columns = choices._asdict()
    password = columns.pop("password")
    if password is None:
        return columns
    if password:
        try:
            with hashing.slot(is_known=True):
                password = make_password(password)
        except ValidationError:
            raise Busy from None
    return columns | {"password": password}


def _change(conversation: Conversation, chosen: dict[str, Any]) -> Share | None:
    """Set the choices of the share that there is, and return it."""
    rows = Share.objects.filter(conversation=conversation)
    return rows.first() if rows.update(**chosen) else None


def _snapshot(share: Share) -> tuple[Content, dict[str, Any]]:
    """Return the content of a new snapshot, and the columns of the share about it."""
    content, size = take_snapshot(share.conversation)
    others = Share.objects.of(share.conversation.owner).exclude(pk=share.pk)
    if others.count() >= MAX_SHARES or others.bytes() + size > MAX_PERSON_BYTES:
        raise SharesFull
    return content, {
        "title": share.conversation.display_title,
        "taken_at": timezone.now(),
        "message_count": len(content.messages),
        "byte_size": size,
    }


def _assign(share: Share, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(share, name, value)


def _store(share: Share, content: Content) -> None:
    values = {"stored": to_json(content), "html_version": VERSION}
    Snapshot.objects.update_or_create(share=share, defaults=values)
