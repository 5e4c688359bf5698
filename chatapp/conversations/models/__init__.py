from chatapp.conversations.models.attachment import Attachment
from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.exchange import (
    Exchange,
    NewMessage,
    ReplyRunning,
    SendSpent,
    add_exchange,
)
from chatapp.conversations.models.message import Message, Outcome

__all__ = [
    "Attachment",
    "Conversation",
    "Exchange",
    "Message",
    "NewMessage",
    "Outcome",
    "ReplyRunning",
    "SendSpent",
    "add_exchange",
]
