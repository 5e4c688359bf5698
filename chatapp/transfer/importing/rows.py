"""The rows of imported conversations: messages, images beside them, tool calls."""

import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from chatapp.conversations.models import Attachment, Conversation, Message, ToolCall
from chatapp.conversations.models.tool_call import State
from chatapp.conversations.signals import conversations_imported
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

BATCH = 200  # rows
MAX_IMAGES = 500  # of a message
# Branches may share what comes before them, which is then stored once for each.
MAX_CHARACTERS = 60_000_000  # of a conversation; the rest is left out


class Known(NamedTuple):
    """What is known of a message that is here already, or was just made."""

    pk: uuid.UUID
    position: int
    role: str
    on_branch: bool


class Rows:
    """Collects the rows of several conversations, which are then written together."""

    def __init__(self, person: "Person", find_image: Callable[[File], "Image | None"]) -> None:
        self.person = person
        self.find_image = find_image
        self.messages: list[Message] = []
        self.attachments: list[Attachment] = []
        self.tool_calls: list[ToolCall] = []
        self._changed: list[uuid.UUID] = []

    def add(
        self, conversation: Conversation, read: ReadConversation, known: list[Known] | None
    ) -> tuple[int, int]:
        """Make the rows of what is new; `known` is None for a new conversation.

        Return how many messages are added, and how many it then has.
        """
        begin = len(self.messages)
        adding = _Adding(self, conversation, known)
        total = adding.add(read)
        added = len(self.messages) - begin
        if added:
            self._changed.append(conversation.pk)
        return added, total

    def save(self) -> None:
        Message.objects.bulk_create(self.messages, batch_size=BATCH)
        Attachment.objects.bulk_create(self.attachments, batch_size=BATCH)
        ToolCall.objects.bulk_create(self.tool_calls, batch_size=BATCH)
        conversations_imported.send(Conversation, ids=self._changed)


class _Adding:
    """Makes the rows of one conversation."""

    def __init__(self, rows: Rows, conversation: Conversation, known: list[Known] | None) -> None:
        self._rows = rows
        self._conversation = conversation
        self._known = {message.pk: message for message in known or ()}
        shown = [message for message in self._known.values() if message.on_branch]
        head = max(shown, key=lambda message: message.position, default=None)
        self._head = head and head.pk  # the last message that is shown, to which others are added
        self._characters = 0

    def add(self, read: ReadConversation) -> int:
        shown = self._shown(read)
        answered = {id(message.parent) for message in read.messages if message.parent}
        removed = 0
        for message in read.messages:
            if self._characters > MAX_CHARACTERS:
                break
            row = self._add(message, on_branch=id(message) in shown)
            if message.role is Role.USER and id(message) not in answered:
                self._add_missing_reply(row)
            elif message.role is Role.USER:
                removed += self._remove_missing_reply(row)
        return len(self._known) - removed

    def _shown(self, read: ReadConversation) -> set[int]:
        """Return the messages of the branch that is shown, by their identity.

        What is new in a conversation that is here already is shown if it continues its branch.
        """
        shown = []
        message = read.head
        while message:
            shown.append(message)
            message = message.parent
        if self._head and self._head not in self._keys(shown):
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

    def _add(self, message: ReadMessage, *, on_branch: bool) -> Known:
        key = self._key(message.id)
        if key in self._known:
            return self._known[key]
        parent = self._known.get(self._key(message.parent.id)) if message.parent else None
        if parent is None and message.role is Role.ASSISTANT:
            parent = self._add_missing_message(key, on_branch)
        self._fill(self._row(key, parent, message.role, on_branch), content_of(message))
        return self._known[key]

    def _row(self, key: uuid.UUID, parent: Known | None, role: Role, on_branch: bool) -> Message:
        # An export may have moved what is here already: one message is shown at a position.
        if on_branch := on_branch and self._head == (parent and parent.pk):
            self._head = key
        row = Message(
            pk=key,
            conversation=self._conversation,
            parent_id=parent and parent.pk,
            position=parent.position + 1 if parent else 0,
            on_branch=on_branch,
            role=role.value,
            status=Message.Status.COMPLETE,
            created_at=self._conversation.created_at,
        )
        if role is Role.USER:
            row.author = self._rows.person
        else:
            row.attempt = 1  # a reply that nobody has begun shows no tool calls
        self._known[key] = Known(key, row.position, row.role, on_branch)
        self._rows.messages.append(row)
        return row

    def _fill(self, row: Message, content: Content) -> None:
        begin = len(self._rows.attachments)
        row.text = content.text + "".join(self._files(row, content.files))
        row.reasoning = content.reasoning
        row.thought_seconds = content.thought_seconds
        row.created_at = content.created_at or row.created_at
        row.model = content.model
        self._characters += len(row.text) + len(row.reasoning)
        for number, call in enumerate(content.calls):
            self._rows.tool_calls.append(_tool_call(row, number, call))
            self._characters += len(call.arguments) + len(call.result)
        # A model reads the text and the images. It didn't make these tool calls, and may not have
        # the tools.
        row.is_plain = len(self._rows.attachments) == begin
        row.estimated_tokens = message_tokens(ChatMessage.from_text("user", row.text))

    def _files(self, row: Message, files: Sequence[File]) -> Iterator[str]:
        """Attach images; yield what is written in other files, and which ones aren't there."""
        position = 0
        for file in files:
            name = _name(file.name or file.id)
            if file.text:
                yield f"\n\n**{name}**\n\n{_fenced(file.text)}"
            elif position < MAX_IMAGES and (image := self._rows.find_image(file)):
                attachment = Attachment(message=row, position=position, image=image)
                self._rows.attachments.append(attachment)
                position += 1
            else:
                yield "\n\n*" + _("Not imported: %(name)s") % {"name": name} + "*"

    def _add_missing_message(self, reply: uuid.UUID, on_branch: bool) -> Known:
        key = uuid.uuid5(reply, "missing message")
        if key not in self._known:
            row = self._row(key, None, Role.USER, on_branch)
            row.text = _("(The export has no message before this reply.)")
        return self._known[key]

    def _add_missing_reply(self, message: Known) -> None:
        key = self._missing_reply_key(message.pk)
        if key not in self._known:
            row = self._row(key, message, Role.ASSISTANT, message.on_branch)
            row.status = Message.Status.FAILED
            row.error = _("The export has no reply to this message.")
            row.model = self._conversation.model

    def _remove_missing_reply(self, message: Known) -> int:
        """Remove what stood for a reply that has come since; return how many rows that are."""
        key = self._missing_reply_key(message.pk)
        if key not in self._known:
            return 0
        missing = Message.objects.filter(pk=key, status=Message.Status.FAILED, text="")
        is_removed = missing.filter(children=None).delete()[0] > 0
        if is_removed and self._head == key:
            self._head = message.pk
        return int(is_removed)


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
