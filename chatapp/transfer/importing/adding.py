"""Add a conversation of an export to those of a person.

Keys are made from the ids in the export, so adding one again adds only what is new in it.
"""

import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.conversations.models import Attachment, Conversation, Message, ToolCall
from chatapp.conversations.models.settings import default_model
from chatapp.conversations.models.tool_call import State
from chatapp.inference.context_window import message_tokens
from chatapp.inference.types import ChatMessage
from chatapp.transfer.importing.formats.contents import Content, content_of
from chatapp.transfer.importing.formats.conversation import (
    Call,
    File,
    ReadConversation,
    ReadMessage,
    Role,
)

if TYPE_CHECKING:
    from chatapp.accounts.models import Person
    from chatapp.images.models import Image

NAMESPACE = uuid.UUID("6e2f4c0a-93a5-5d0f-8a55-0c3b1f2c7d41")
TITLE_LENGTH = 60  # characters of a title that is made from the first message
BATCH = 200  # rows

type FindImage = Callable[[File], "Image | None"]


@dataclass(frozen=True, slots=True)
class Added:
    """What came of a conversation. `is_gone` says that it was deleted here after an earlier
    import, so that nothing was added."""

    conversation: Conversation
    is_new: bool
    messages: int = 0
    is_gone: bool = False


def key_of(person: "Person", read: ReadConversation) -> uuid.UUID:
    """Return the id of a conversation here: the same for each export of it."""
    name = read.id or "/".join([read.title, str(read.created_at), *_first_texts(read)])
    return uuid.uuid5(NAMESPACE, f"{person.pk}/{read.source}/{name}")


def add(person: "Person", read: ReadConversation, find_image: FindImage) -> Added:
    """Add what isn't here yet, in one transaction. `read` has at least one message.

    `find_image` returns the stored image of a file, or None if the export doesn't hold it.
    """
    with transaction.atomic():
        conversation, is_new = _conversation(person, read)
        if not conversation.is_present:
            return Added(conversation, is_new=False, is_gone=True)
        return _Adding(conversation, is_new, find_image).add(read)


def _conversation(person: "Person", read: ReadConversation) -> tuple[Conversation, bool]:
    now = timezone.now()
    created_at = read.created_at or read.updated_at or now
    title = read.title or next(iter(_first_texts(read)), "")[:TITLE_LENGTH]
    return Conversation.objects.select_for_update().get_or_create(
        pk=key_of(person, read),
        defaults={
            "owner": person,
            "title": " ".join(title.split())[:120],
            "titled_by": Conversation.TitledBy.PERSON,  # no model is asked for another
            "created_at": created_at,
            "active_at": read.updated_at or created_at,
            "model": default_model(),
            "pinned_at": created_at if read.is_pinned else None,
            "archived_at": created_at if read.is_archived else None,
        },
    )


def _first_texts(read: ReadConversation) -> list[str]:
    texts = (content_of(message).text for message in read.messages[:2])
    return [text for text in texts if text]


class _Adding:
    """Makes the rows of one conversation."""

    def __init__(self, conversation: Conversation, is_new: bool, find_image: FindImage) -> None:
        self._conversation = conversation
        self._is_new = is_new
        self._find_image = find_image
        known = () if is_new else conversation.messages.only("pk", "position", "role", "on_branch")
        self._known = {message.pk: message for message in known}
        self._new: list[Message] = []
        self._attachments: list[Attachment] = []
        self._calls: list[ToolCall] = []

    def add(self, read: ReadConversation) -> Added:
        shown = self._shown(read)
        answered = {id(message.parent) for message in read.messages if message.parent}
        for message in read.messages:
            row = self._add(message, on_branch=id(message) in shown)
            if message.role is Role.USER and id(message) not in answered:
                self._add_missing_reply(row)
            elif message.role is Role.USER:
                self._remove_missing_reply(row)
        Message.objects.bulk_create(self._new, batch_size=BATCH)
        Attachment.objects.bulk_create(self._attachments, batch_size=BATCH)
        ToolCall.objects.bulk_create(self._calls, batch_size=BATCH)
        return Added(self._conversation, self._is_new, len(self._new))

    def _shown(self, read: ReadConversation) -> set[int]:
        """Return the messages of the branch that is shown, by their identity.

        What is new in a conversation that is here already is shown if it continues its branch.
        """
        shown = []
        message = read.head
        while message:
            shown.append(message)
            message = message.parent
        if not self._is_new:
            heads = (each for each in self._known.values() if each.on_branch)
            head = max(heads, key=lambda each: each.position, default=None)
            if head and head.pk not in self._keys(shown):
                return set()
        return {id(message) for message in shown}

    def _keys(self, messages: Sequence[ReadMessage]) -> set[uuid.UUID]:
        keys = {self._key(message.id) for message in messages}
        # The head may be what stands for a reply that the export didn't have then.
        return keys | {self._missing_reply_key(key) for key in keys}

    def _key(self, id_: str) -> uuid.UUID:
        return uuid.uuid5(self._conversation.pk, id_)

    def _missing_reply_key(self, message: uuid.UUID) -> uuid.UUID:
        return uuid.uuid5(message, "missing reply")

    def _add(self, message: ReadMessage, *, on_branch: bool) -> Message:
        key = self._key(message.id)
        if key in self._known:
            return self._known[key]
        parent = self._known[self._key(message.parent.id)] if message.parent else None
        if parent is None and message.role is Role.ASSISTANT:
            parent = self._add_missing_message(key, on_branch)
        row = self._row(key, parent, message.role, on_branch)
        content = content_of(message)
        self._fill(row, content)
        return row

    def _row(self, key: uuid.UUID, parent: Message | None, role: Role, on_branch: bool) -> Message:
        row = Message(
            pk=key,
            conversation=self._conversation,
            parent=parent,
            position=parent.position + 1 if parent else 0,
            on_branch=on_branch,
            role=role.value,
            status=Message.Status.COMPLETE,
            created_at=self._conversation.created_at,
        )
        if role is Role.USER:
            row.author = self._conversation.owner
        self._known[key] = row
        self._new.append(row)
        return row

    def _fill(self, row: Message, content: Content) -> None:
        row.text = content.text + "".join(self._files(row, content.files))
        row.reasoning = content.reasoning
        row.thought_seconds = content.thought_seconds
        row.created_at = content.created_at or row.created_at
        row.model = content.model
        for number, call in enumerate(content.calls):
            self._calls.append(_tool_call(row, number, call))
        # A model reads the text and the images. It didn't make these tool calls, and may not have
        # the tools.
        row.is_plain = not any(each.message is row for each in self._attachments[-1:])
        row.estimated_tokens = message_tokens(ChatMessage.from_text("user", row.text))

    def _files(self, row: Message, files: Sequence[File]) -> Iterator[str]:
        """Attach images; yield what is written in other files, and which ones aren't there."""
        position = 0
        for file in files:
            name = _name(file.name or file.id)
            if file.text:
                yield f"\n\n**{name}**\n\n{_fenced(file.text)}"
            elif image := self._find_image(file):
                attachment = Attachment(message=row, position=position, image=image)
                self._attachments.append(attachment)
                position += 1
            else:
                yield "\n\n*" + _("Not in the export: %(name)s") % {"name": name} + "*"

    def _add_missing_message(self, reply: uuid.UUID, on_branch: bool) -> Message:
        row = self._row(uuid.uuid5(reply, "missing message"), None, Role.USER, on_branch)
        row.text = _("(The export has no message before this reply.)")
        return row

    def _add_missing_reply(self, message: Message) -> None:
        key = self._missing_reply_key(message.pk)
        if key not in self._known:
            row = self._row(key, message, Role.ASSISTANT, message.on_branch)
            row.status = Message.Status.FAILED
            row.error = _("The export has no reply to this message.")
            row.model = self._conversation.model

    def _remove_missing_reply(self, message: Message) -> None:
        """Remove what stood for a reply that has come since."""
        missing = Message.objects.filter(
            pk=self._missing_reply_key(message.pk), status=Message.Status.FAILED, text=""
        )
        if not self._is_new:
            missing.filter(children=None).delete()


def _tool_call(reply: Message, number: int, call: Call) -> ToolCall:
    name = re.sub(r"[^A-Za-z0-9_-]", "_", call.name)[:64]
    return ToolCall(
        reply=reply,
        round=number,
        index=0,
        text_length=call.text_length,
        call_id=f"imported_{number}",
        name=name or "tool",
        arguments=call.arguments or "{}",
        state=State.FAILED if call.is_error else State.DONE,
        content=call.result,
        summary=call.name[:300],
    )


def _name(name: str) -> str:
    return re.sub(r"[*_`\[\]<>\\]", " ", " ".join(name.split()))[:200]


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{text}\n{fence}"
