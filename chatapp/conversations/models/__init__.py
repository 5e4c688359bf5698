from chatapp.conversations.models.approval import DECISIONS, Decision, decide
from chatapp.conversations.models.attachment import Attachment
from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.display import REMOTE, LiveStatus
from chatapp.conversations.models.draft import AlreadySent, Draft, DraftContent, DraftsFull
from chatapp.conversations.models.exchange import (
    AwaitsApproval,
    ClientIdUsed,
    ConversationContinued,
    ConversationDeleted,
    Exchange,
    NewMessage,
    ReplyRunning,
    TooManyConversations,
    add_exchange,
)
from chatapp.conversations.models.message import Message
from chatapp.conversations.models.progress import FinalState, Progress, TokenUsage
from chatapp.conversations.models.settings import Defaults, Effort, ModelSettings
from chatapp.conversations.models.tool_call import (
    MAX_ROUNDS,
    UNDECIDED,
    State,
    ToolCall,
    ToolRequest,
    ToolResult,
)
from chatapp.conversations.models.tool_call_image import ToolCallImage

__all__ = [
    "DECISIONS",
    "MAX_ROUNDS",
    "REMOTE",
    "UNDECIDED",
    "AlreadySent",
    "Attachment",
    "AwaitsApproval",
    "ClientIdUsed",
    "Conversation",
    "ConversationContinued",
    "ConversationDeleted",
    "Decision",
    "Defaults",
    "Draft",
    "DraftContent",
    "DraftsFull",
    "Effort",
    "Exchange",
    "FinalState",
    "LiveStatus",
    "Message",
    "ModelSettings",
    "NewMessage",
    "Progress",
    "ReplyRunning",
    "State",
    "TokenUsage",
    "TooManyConversations",
    "ToolCall",
    "ToolCallImage",
    "ToolRequest",
    "ToolResult",
    "add_exchange",
    "decide",
]
