"""A reply's turns: the model answers or calls tools, gets their results, and answers again."""

from django.utils.translation import gettext as _

from chatapp import background
from chatapp.conversations.models import Message
from chatapp.mcp.client import sessions
from chatapp.replies.live import LiveReply
from chatapp.replies.outcomes import ReplyOutcome
from chatapp.replies.prompt.building import Prompt
from chatapp.replies.tools import calls
from chatapp.replies.turn import Turn, prompt_to_continue


async def stream(prompt: Prompt, live: LiveReply, outcome: ReplyOutcome) -> None:
    """Let the model answer, and run the tools that it calls, until the reply ends or awaits
    approval."""
    try:
        await _run_turns(prompt, live, outcome)
    except calls.Overtaken:
        # An overtaken attempt writes nothing more; otherwise somebody pressed Stop.
        outcome.status = Message.Status.STOPPED
    finally:
        sessions.close(prompt.toolbox.context.work)


async def _run_turns(prompt: Prompt, live: LiveReply, outcome: ReplyOutcome) -> None:
    if live.tool_calls:
        # Calls of a crashed attempt, or that the person has decided about since.
        if not await calls.settle(live, prompt.toolbox):
            outcome.status = Message.Status.WAITING
            return
        prompt = await background.in_thread(prompt_to_continue, live)
    while made := await Turn(prompt, live, outcome).run():
        await calls.begin(live, made, prompt.toolbox, outcome.requests)
        if not await calls.settle(live, prompt.toolbox):
            outcome.status = Message.Status.WAITING
            return
        prompt = await background.in_thread(prompt_to_continue, live)
    if not live.text and outcome.status == Message.Status.COMPLETE:
        outcome.fail(_empty(outcome))


def _empty(outcome: ReplyOutcome) -> str:
    if outcome.finish_reason == "length":
        return _(
            "The model reached the maximum length before it wrote anything. "
            "Raise the limit in this chat's settings, or choose less thinking."
        )
    return _("The model sent an empty answer.")
