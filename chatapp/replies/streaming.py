"""A reply's turns: the model answers or calls tools, gets their results, and answers again."""

from django.utils.translation import gettext as _

from chatapp.conversations.models import Message
from chatapp.conversations.models.progress import LENGTH
from chatapp.inference import ToolCallPart
from chatapp.mcp.client import sessions
from chatapp.replies import model_calls
from chatapp.replies.accounting import CapReached
from chatapp.replies.live import LiveReply
from chatapp.replies.outcomes import ReplyOutcome
from chatapp.replies.prompt import building
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
    except CapReached as reached:
        outcome.fail(reached.sentence)
    finally:
        sessions.close(prompt.toolbox.context.work)


async def _run_turns(prompt: Prompt, live: LiveReply, outcome: ReplyOutcome) -> None:
    if live.tool_calls:
        # Calls of a crashed attempt, or that the person has decided about since.
        if not await calls.settle(live, prompt.toolbox):
            outcome.status = Message.Status.WAITING
            return
        prompt = await model_calls.recorded(prompt_to_continue, live)
    while made := await _run_turn(prompt, live, outcome):
        await calls.begin(live, made, prompt.toolbox, outcome.requests)
        if not await calls.settle(live, prompt.toolbox):
            outcome.status = Message.Status.WAITING
            return
        prompt = await model_calls.recorded(prompt_to_continue, live)
    if _is_empty(live, outcome):
        outcome.fail(_empty(live, outcome))


async def _run_turn(prompt: Prompt, live: LiveReply, outcome: ReplyOutcome) -> list[ToolCallPart]:
    """Return the tool calls of a turn. Models sometimes say nothing after the results of tool
    calls; then the model is asked once more."""
    made = await Turn(prompt, live, outcome).run()
    cut_short = outcome.finish_reason == LENGTH
    if made or cut_short or not (live.tool_calls and _is_empty(live, outcome)):
        return made
    return await Turn(building.prompt_to_answer(prompt), live, outcome).run()


def _is_empty(live: LiveReply, outcome: ReplyOutcome) -> bool:
    """Return whether the last turn of a reply that ended well has no text."""
    has_text = bool(live.text[live.turn_start :].strip())
    return outcome.status == Message.Status.COMPLETE and not has_text


def _empty(live: LiveReply, outcome: ReplyOutcome) -> str:
    if live.text:
        return _("The model ended its turn after the tool calls without an answer.")
    if outcome.finish_reason == LENGTH:
        return _(
            "The model reached the maximum length before it wrote anything. "
            "Raise the limit in this chat's settings, or choose less thinking."
        )
    return _("The model sent an empty answer.")
