from chatapp.conversations.models.attachment import Attachment
from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.display import ELSEWHERE, Moment
from chatapp.conversations.models.draft import Draft, DraftSpent, Written
from chatapp.conversations.models.exchange import (
    ConversationGone,
    Exchange,
    MovedOn,
    NewMessage,
    ReplyRunning,
    SendSpent,
    add_exchange,
)
from chatapp.conversations.models.message import Message
from chatapp.conversations.models.progress import Outcome, Progress, Spent
from chatapp.conversations.models.settings import Defaults, Effort, ModelSettings

__all__ = [
    "ELSEWHERE",
    "Attachment",
    "Conversation",
    "ConversationGone",
    "Defaults",
    "Draft",
    "DraftSpent",
    "Effort",
    "Exchange",
    "Message",
    "ModelSettings",
    "Moment",
    "MovedOn",
    "NewMessage",
    "Outcome",
    "Progress",
    "ReplyRunning",
    "SendSpent",
    "Spent",
    "Written",
    "add_exchange",
]
