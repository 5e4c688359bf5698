"""Building the request for the model: the instructions, then the branch of the conversation."""

from dataclasses import dataclass, replace
from uuid import UUID

from chatapp.conversations.models import (
    MAX_ROUNDS,
    Attachment,
    Effort,
    Message,
    ModelSettings,
    ToolCall,
    branches,
)
from chatapp.conversations.models.model_choice import model_of
from chatapp.images import store
from chatapp.images.models import Image
from chatapp.inference import ChatMessage, CompletionRequest, Model, TextPart
from chatapp.inference.context_window import MAX_IMAGES, room_for_history
from chatapp.replies import learning
from chatapp.replies.accounting import Call
from chatapp.replies.prompt import image_delivery
from chatapp.replies.prompt.history import History, newest_messages
from chatapp.replies.prompt.turns import has_calls, image_part, reply_turns, turns_of, vary
from chatapp.replies.tools.toolbox import Toolbox

# Byte for byte the same in every request, and first, because the service caches it.
INSTRUCTIONS = """\
You are a helpful assistant in a web chat. Answer in the language of the person.
Format answers in GitHub-flavoured Markdown: fenced code blocks with a language, tables where they
help. Write mathematics in LaTeX between \\( and \\), display formulas between \\[ and \\]. Around
code that has fences itself, use a longer fence. Keep answers as short as the question allows."""

# These models refuse an assistant message at the end, so they are asked to continue.
CONTINUE = """\
Your answer above was cut off. Continue it exactly where it ends, from the very next character.
Do not repeat any of it, and do not comment on the interruption."""

# Asked once when a model says nothing after the results of its tool calls.
ANSWER_NOW = "Your answer was empty. Answer now, using the results above."

# Tokens. The service accepts at least 1,024, and less than max_tokens.
BUDGETS = {Effort.LOW: 1_024, Effort.MEDIUM: 2_048, Effort.HIGH: 4_000}
MIN_BUDGET = 1_024
MIN_ANSWER = 1_024

IMAGE_BYTES = 10 * 1024 * 1024  # of all inline images of one request, before base64

TITLE_INSTRUCTIONS = """\
Write a title for a conversation that begins with the message below: at most six words, in the
language of the message, no quotation marks, no full stop. Answer with the title alone."""
TITLE_EXCERPT = 300  # characters
TITLE_TOKENS = 40


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request, and what it excludes from the conversation. `call` is set once it may be sent."""

    reply: Message
    request: CompletionRequest
    delivery: image_delivery.Delivery
    toolbox: Toolbox
    images: tuple[Attachment, ...] = ()  # that the model sees, oldest first
    turns_excluded: int = 0
    images_excluded: int = 0
    images_unsupported: int = 0  # by a model without vision
    call: Call | None = None


def reply_prompt(reply: Message, delivery: image_delivery.Delivery | None = None) -> Prompt:
    """Build the request for a reply from the messages before it on the branch.

    A reply that has text is continued. Reads the database and the image store: call it in a thread.
    Raises StoreUnavailable.
    """
    chosen = reply.conversation.chosen
    model = model_of(reply)
    delivery = delivery or image_delivery.deliveries(model.id)[0]
    toolbox = Toolbox.of(reply)
    request = CompletionRequest(
        model=model.id,
        messages=(ChatMessage.from_text("system", _system_text(chosen)), *_reply_so_far(reply)),
        max_tokens=min(chosen.max_tokens or model.max_output, model.max_output),
        thinking_budget=_thinking_budget(reply, model),
        temperature=chosen.temperature,
        top_p=chosen.top_p,
        tools=toolbox.offered,
        may_call=_may_call(reply.shown_tool_calls),
        is_continuation=_ends_in_text(reply),
    )
    window = learning.known(model.id).context_window or model.context_window
    history = newest_messages(reply, room_for_history(request, window))
    attachments = history.attachments
    trusted = _trusted(reply, history, model)
    urls = _urls(trusted, delivery) if model.vision else {}
    request = _with_history(request, history, urls, model, reply.variation)
    missing = len(attachments) - len(urls)
    return Prompt(
        reply,
        request,
        delivery,
        toolbox.with_texts(history.user_texts),
        tuple(attachment for attachment in attachments if attachment.pk in urls),
        history.turns_excluded,
        images_excluded=missing if model.vision else 0,
        images_unsupported=0 if model.vision else missing,
    )


def prompt_to_answer(prompt: Prompt) -> Prompt:
    """Return the prompt with a request for the answer that didn't come."""
    messages = (*prompt.request.messages, ChatMessage.from_text("user", ANSWER_NOW))
    return replace(prompt, request=replace(prompt.request, messages=messages), call=None)


def _with_history(
    request: CompletionRequest,
    history: History,
    urls: dict[int, str],
    model: Model,
    variation: str,
) -> CompletionRequest:
    turns = [turn for message in history.messages for turn in turns_of(message, urls, model)]
    turns = vary(turns, variation)
    system, *reply_so_far = request.messages
    if request.tools and has_calls([*turns, *reply_so_far]):
        request = replace(request, thinking_budget=None)
    return replace(request, messages=(system, *turns, *reply_so_far))


def _trusted(reply: Message, history: History, model: Model) -> list[Attachment]:
    """Return the attachments after the last reply for which the service failed with images.

    It answered without them, and would fail with them again each time.
    """
    attachments = history.attachments
    if not attachments:
        return []
    begin = history.messages[0].position
    before = branches.up_to(reply, branches.hidden(reply)).exclude(pk=reply.pk)
    answered = before.filter(position__gte=begin, model=model.id)
    notices = [*answered.exclude(notices={}).values_list("position", "notices")]
    if reply.model == model.id:
        notices.append((reply.position, reply.notices))
    end = max((at for at, noted in notices if "images_suspected" in noted), default=-1)
    trusted = [message for message in history.messages if message.position > end]
    return History(trusted).attachments


def _reply_so_far(reply: Message) -> list[ChatMessage]:
    """Return the reply so far, with the instruction to continue if it ends in text."""
    turns = reply_turns(reply.text, reply.shown_tool_calls)
    return [*turns, ChatMessage.from_text("user", CONTINUE)] if _ends_in_text(reply) else turns


def _ends_in_text(reply: Message) -> bool:
    """Return whether the reply ends in text, and not in the results of tool calls."""
    tool_calls = reply.shown_tool_calls
    begun = tool_calls[-1].text_length if tool_calls else 0
    return bool(reply.text[begun:].strip())


def _may_call(tool_calls: list[ToolCall]) -> bool:
    return not tool_calls or tool_calls[-1].round + 1 < MAX_ROUNDS


def image_request(
    model: str, image: Attachment, delivery: image_delivery.Delivery
) -> CompletionRequest | None:
    """Return the shortest request about one image, to see whether the service accepts it by this
    delivery.

    None when its bytes are gone. Call it in a thread.
    """
    url = _urls([image], delivery).get(image.pk)
    if url is None:
        return None
    parts = (image_part(image, url), TextPart("OK?"))
    return CompletionRequest(model, (ChatMessage("user", parts),), max_tokens=1)


def title_request(message: Message, model: str) -> CompletionRequest:
    return CompletionRequest(
        model=model,
        messages=(
            ChatMessage.from_text("system", TITLE_INSTRUCTIONS),
            ChatMessage.from_text("user", message.text[:TITLE_EXCERPT]),
        ),
        max_tokens=TITLE_TOKENS,
    )


def _system_text(chosen: ModelSettings) -> str:
    own = chosen.instructions.strip()
    return f"{INSTRUCTIONS}\n\n{own}" if own else INSTRUCTIONS


def _thinking_budget(reply: Message, model: Model) -> int | None:
    """Return the tokens for thinking, None without thinking.

    A resumed reply has thought already, and a model that gives only short answers has no room for
    it.
    """
    has_room = model.max_output >= MIN_BUDGET + MIN_ANSWER
    if not reply.thinking or reply.text or not model.thinking or not has_room:
        return None
    return BUDGETS[Effort(reply.thinking)]


def _urls(attachments: list[Attachment], delivery: image_delivery.Delivery) -> dict[int, str]:
    """Return the URLs of the newest images by attachment, within the limits on count and total
    size. Images whose bytes are gone have none."""
    newest = attachments[-MAX_IMAGES:]
    urls = {attachment.pk: attachment.link for attachment in newest if attachment.link}
    own = {attachment.pk: attachment.image for attachment in newest if attachment.image}
    if delivery == "link":
        return urls | {pk: image_delivery.link(image) for pk, image in own.items()}
    contents = store.read_many(_small_enough(list(own.values())))
    for pk, image in own.items():
        if image.pk in contents:
            urls[pk] = image_delivery.data_url(image, contents[image.pk])
    return urls


def _small_enough(images: list[Image]) -> list[Image]:
    """Return the newest images that fit into one request."""
    chosen: dict[UUID, Image] = {}
    size = 0
    for image in reversed(images):
        size += image.byte_size  # an image sent twice is in the request twice
        if size > IMAGE_BYTES and chosen:
            break
        chosen[image.pk] = image
    return list(chosen.values())
