"""Images for which the service has failed: it answered without them, and would fail with them again
each time."""

from chatapp.conversations.models import Message, branches
from chatapp.inference import Model
from chatapp.replies.prompt.history import History

MAX_LOOKED_BACK = 200  # messages, for the images of a project, which every request has


def trusted(reply: Message, history: History, model: Model) -> History:
    """Return the messages after the last reply for which the service failed with images."""
    if not (history.attachments or history.documents):
        return History([])
    end = _last_failure(reply, model, history.messages[0].position)
    return History([message for message in history.messages if message.position > end])


def trusts_project(reply: Message, model: Model) -> bool:
    """Return whether no request of this conversation failed with images lately."""
    return _last_failure(reply, model, max(0, reply.position - MAX_LOOKED_BACK)) < 0


def _last_failure(reply: Message, model: Model, begin: int) -> int:
    """Return the position of the last such reply from `begin` on, -1 if there is none."""
    before = branches.up_to(reply, branches.hidden(reply)).exclude(pk=reply.pk)
    answered = before.filter(position__gte=begin, model=model.id)
    notices = [*answered.exclude(notices={}).values_list("position", "notices")]
    if reply.model == model.id:
        notices.append((reply.position, reply.notices))
    return max((at for at, noted in notices if "images_suspected" in noted), default=-1)
