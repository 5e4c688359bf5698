from chatapp.conversations.models.activities import Activity, Thought, text_ends
from chatapp.conversations.models.approval import DECISIONS, Decision, decide
from chatapp.conversations.models.attachment import ATTACHED, Attachment, Source
from chatapp.conversations.models.branching_off import branch_off
from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.draft import AlreadySent, Draft, DraftContent, DraftsFull
from chatapp.conversations.models.exchange import Exchange, NewMessage, add_exchange
from chatapp.conversations.models.live_status import REMOTE, LiveStatus
from chatapp.conversations.models.message import Message
from chatapp.conversations.models.progress import FinalState, Progress, TokenUsage
from chatapp.conversations.models.refusals import (
    AwaitsApproval,
    ClientIdUsed,
    ConversationContinued,
    ConversationDeleted,
    NotRestorable,
    OnlyVersion,
    ProjectUnavailable,
    ReplyRunning,
    TooManyConversations,
)
from chatapp.conversations.models.regeneration import NewVersion
from chatapp.conversations.models.settings import Defaults, Effort, ModelSettings, Variation
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
    "ATTACHED",
    "DECISIONS",
    "MAX_ROUNDS",
    "REMOTE",
    "UNDECIDED",
    "Activity",
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
    "NewVersion",
    "NotRestorable",
    "OnlyVersion",
    "Progress",
    "ProjectUnavailable",
    "ReplyRunning",
    "Source",
    "State",
    "Thought",
    "TokenUsage",
    "TooManyConversations",
    "ToolCall",
    "ToolCallImage",
    "ToolRequest",
    "ToolResult",
    "Variation",
    "add_exchange",
    "branch_off",
    "decide",
    "text_ends",
]
