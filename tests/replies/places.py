"""Where in a conversation the reason of a failure may be, and the one click that helps."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message, ModelSettings, add_exchange
from chatapp.images.shown_image import ShownImage
from chatapp.inference import TextDelta
from chatapp.inference.errors import KeyRefused
from tests.replies.test_refused_images import make_image
from tests.support.replies import MODEL, answering, complete, looked, made, new_message, outcome

type Begin = Callable[[Person], Awaitable[Exchange]]
type Click = Callable[[Message], Awaitable[None]]

BAD = "heron-7391"
LOOK = "Look it up"  # to this the model calls a tool, whose result is bad


@dataclass(frozen=True)
class Place:
    """`begin` adds the exchange whose reply fails; `click` is what helps if it doesn't go
    through. `mark` is what makes a request bad, except for images."""

    begin: Begin
    click: Click
    mark: str = BAD
    is_image: bool = False


async def say(owner: Person, text: str, after: Exchange | None = None, **options: Any) -> Exchange:
    images = tuple(map(ShownImage, options.pop("images", ())))
    message = new_message(text, after.conversation.pk if after else None, **options)
    return await background.in_thread(add_exchange, owner, replace(message, images=images))


async def in_this_message(owner: Person) -> Exchange:
    return await say(owner, f"Look at {BAD}")


async def in_the_history(owner: Person) -> Exchange:
    first = await say(owner, "Hello")
    await background.in_thread(complete, first.reply, f"Look at {BAD}")
    return await say(owner, "And?", first)


async def in_an_image(owner: Person) -> Exchange:
    image = await background.in_thread(make_image, owner, "heron.png")
    return await say(owner, "What is this?", images=(image,))


async def in_an_earlier_image(owner: Person) -> Exchange:
    first = await in_an_image(owner)
    await background.in_thread(complete, first.reply, "A heron.")
    return await say(owner, "And?", first)


async def in_a_tool_result(owner: Person) -> Exchange:
    first = await say(owner, "Hello")
    await looked(first, BAD)
    return await say(owner, "And?", first)


async def in_a_tool_result_of_this_reply(owner: Person) -> Exchange:
    return await say(owner, LOOK)


async def in_the_beginning_of_this_reply(owner: Person) -> Exchange:
    exchange = await say(owner, "Hello")
    with answering(TextDelta(f"Here is {BAD}"), KeyRefused()):
        assert (await made(exchange)).can_continue
    assert await background.in_thread((await outcome(exchange)).resume)
    return exchange


async def in_the_settings(owner: Person) -> Exchange:
    return await say(owner, "Hello", instructions=f"Talk about {BAD}")


async def in_a_tool_on_offer(owner: Person) -> Exchange:
    return await say(owner, "Hello")


async def exclude(failed: Message, scope: str) -> None:
    assert failed.can_exclude
    assert await background.in_thread(failed.exclude, scope)


async def leave_out_the_message(failed: Message) -> None:
    await exclude(failed, "turn")


async def leave_out_all_before_it(failed: Message) -> None:
    await exclude(failed, "earlier")


async def change_the_settings(failed: Message) -> None:
    await background.in_thread(failed.conversation.choose, ModelSettings(MODEL))


async def turn_the_tool_off(failed: Message) -> None:
    chosen = ModelSettings(MODEL, tool_choices={"look": False})
    await background.in_thread(failed.conversation.choose, chosen)


PLACES = {
    "this message": Place(in_this_message, leave_out_the_message),
    "history": Place(in_the_history, leave_out_all_before_it),
    "an image": Place(in_an_image, leave_out_the_message, is_image=True),
    "an earlier image": Place(in_an_earlier_image, leave_out_all_before_it, is_image=True),
    "a tool result": Place(in_a_tool_result, leave_out_all_before_it),
    "a tool result of this reply": Place(in_a_tool_result_of_this_reply, leave_out_the_message),
    "the beginning of this reply": Place(in_the_beginning_of_this_reply, leave_out_the_message),
    "settings": Place(in_the_settings, change_the_settings),
    "a tool on offer": Place(in_a_tool_on_offer, turn_the_tool_off, mark="Does look."),
}
