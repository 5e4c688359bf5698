"""Why a conversation doesn't take what a person sends. Nothing was added."""


class ClientIdUsed(Exception):
    """Another text was sent with this client id, so the page is out of date."""


class ReplyRunning(Exception):
    """A reply runs in this conversation."""


class AwaitsApproval(Exception):
    """A tool call awaits approval in this conversation."""


class ConversationContinued(Exception):
    """The page doesn't show the messages that the conversation shows now."""


class OnlyVersion(Exception):
    """A message has no other version that could be shown in its place."""


class NotRestorable(Exception):
    """What a deleted version belongs to was deleted too, or its rows are gone."""


class TooManyConversations(Exception):
    """The person begins conversations faster than anybody reads them."""


class ConversationDeleted(Exception):
    """The page shows a conversation that has been deleted."""


class ProjectUnavailable(Exception):
    """The person may not chat in this project, or not any more."""
