from chatapp.conversations.models.approval import DECISIONS, Decision, decide
from chatapp.conversations.models.attachment import Attachment
from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.display import REMOTE, LiveStatus
from chatapp.conversations.models.draft import Draft, DraftSpent, Written
from chatapp.conversations.models.exchange import (
    AwaitsDecision,
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
from chatapp.conversations.models.step import MOST_ROUNDS, UNDECIDED, Came, State, Step, ToolRequest
from chatapp.conversations.models.step_picture import StepPicture

__all__ = [
    "DECISIONS",
    "MOST_ROUNDS",
    "REMOTE",
    "UNDECIDED",
    "Attachment",
    "AwaitsDecision",
    "Came",
    "Conversation",
    "ConversationGone",
    "Decision",
    "Defaults",
    "Draft",
    "DraftSpent",
    "Effort",
    "Exchange",
    "LiveStatus",
    "Message",
    "ModelSettings",
    "MovedOn",
    "NewMessage",
    "Outcome",
    "Progress",
    "ReplyRunning",
    "SendSpent",
    "Spent",
    "State",
    "Step",
    "StepPicture",
    "ToolRequest",
    "Written",
    "add_exchange",
    "decide",
]
