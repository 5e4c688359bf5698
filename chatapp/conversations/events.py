"""Everything a browser is told over the socket. Events may be lost or doubled, so each says what
is, with its position; a page that misses one asks for the state.

Server to browser only; every command is an HTTP request.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import NamedTuple, Self
from uuid import UUID

from django.template.loader import render_to_string

from chatapp.conversations.draft_state import draft_state
from chatapp.conversations.message_html import Part, message_html
from chatapp.conversations.models import Conversation, Exchange, Message
from chatapp.realtime.hub import hub
from chatapp.realtime.protocol import encode, person_group, publish
from chatapp.rendering import BlockPatch

LONG_DRAFT = 20_000  # characters; whoever wants a longer one asks for it


class ExchangeHtml(NamedTuple):
    """An exchange as the page shows it; rendered once for every reader."""

    message: str
    reply: str
    link: str

    @classmethod
    def of(cls, exchange: Exchange) -> Self:
        return cls(
            message_html(exchange.message),
            message_html(exchange.reply),
            link_html(exchange.conversation),
        )


def exchange_added(exchange: Exchange, html: ExchangeHtml) -> None:
    """A person's message and the empty reply to it, and the conversation's new place."""
    person_id = exchange.conversation.owner_id
    _message_created(person_id, exchange.message, html.message)
    _message_created(person_id, exchange.reply, html.reply)
    _conversation_changed(exchange.conversation, html.link, moved=True)
    # The first message came from the empty page.
    draft_changed(person_id, exchange.conversation.pk if exchange.message.position else None)


def draft_changed(person_id: UUID, conversation_id: UUID | None) -> None:
    """What is written and not sent there, read anew; the `text` of a long one is left out."""
    state = draft_state(person_id, conversation_id)
    if len(state["text"]) > LONG_DRAFT:
        state["text"] = None
    publish(person_id, "draft.changed", **state)


def reply_replaced(old: Message, new: Message) -> None:
    """A new reply stands in the place of one that failed or was stopped, perhaps of another model
    than the line above its message said."""
    if new.parent:
        message_changed(new.parent)
    _message_created(old.conversation.owner_id, new, message_html(new), replaces=old.pk)


def reply_resumed(reply: Message) -> None:
    """A reply that had ended goes on after its text, in a new attempt."""
    publish(
        reply.conversation.owner_id,
        "reply.resumed",
        conversation=reply.conversation_id,
        message=reply.pk,
        attempt=reply.attempt,
        html=message_html(reply),
    )


def reply_patched(
    person_id: UUID,
    reply: Message,
    sequence: int,
    status: str,
    blocks: tuple[BlockPatch, ...],
    reasoning: str = "",
    parts: dict[Part, str] | None = None,
    tool_calls: Sequence[str] = (),
) -> None:
    """Block `index` keeps the first `kept` UTF-16 code units of its HTML, followed by `html`.

    `reasoning` is appended to the text of the thinking line; `parts` are new HTML for slots, and
    `tool_calls` new HTML for single calls of tools, which stand in their slot already.
    """
    publish(
        person_id,
        "reply.patch",
        conversation=reply.conversation_id,
        reply=reply.pk,
        attempt=reply.attempt,
        sequence=sequence,
        status=status,
        blocks=blocks,
        **({"reasoning": reasoning} if reasoning else {}),
        **({"parts": parts} if parts else {}),
        **({"tool_calls": tool_calls} if tool_calls else {}),
    )


def reply_remote(person_id: UUID, conversation_id: UUID, reply_id: UUID) -> None:
    """Another process makes this reply, or has just ended it: ask for its state. Only for the
    sockets of this process."""
    event = encode("reply.remote", conversation=conversation_id, reply=reply_id)
    hub.deliver(person_group(person_id), event)


def message_finished(person_id: UUID, message: Message) -> None:
    publish(
        person_id,
        "message.finished",
        conversation=message.conversation_id,
        message=message.pk,
        attempt=message.attempt,
        html=message_html(message),
    )


def message_changed(message: Message) -> None:
    """A message looks different from now on, as when the model no longer gets to read it."""
    publish(
        message.conversation.owner_id,
        "message.changed",
        conversation=message.conversation_id,
        message=message.pk,
        html=message_html(message),
    )


def conversation_changed(conversation: Conversation) -> None:
    """A new title or new settings; the conversation keeps its place in the list."""
    _conversation_changed(conversation, link_html(conversation), moved=False)


def conversation_deleted(person_id: UUID, conversation_id: UUID) -> None:
    publish(person_id, "conversation.deleted", conversation=conversation_id)


def link_html(conversation: Conversation) -> str:
    return render_to_string("sidebar/_conversation_link.html", {"conversation": conversation})


def _conversation_changed(conversation: Conversation, html: str, *, moved: bool) -> None:
    # A message changes no more than what the composer has at hand; the rest may be long.
    quick = {"model": conversation.offered_model, "thinking": conversation.thinking}
    publish(
        conversation.owner_id,
        "conversation.changed",
        conversation=conversation.pk,
        title=conversation.display_title,
        settings=quick if moved else asdict(conversation.chosen),
        moved=moved,
        html=html,
    )


def _message_created(
    person_id: UUID, message: Message, html: str, replaces: UUID | None = None
) -> None:
    publish(
        person_id,
        "message.created",
        conversation=message.conversation_id,
        message=message.pk,
        parent=message.parent_id,
        position=message.position,
        replaces=replaces,
        html=html,
    )
