"""What the model is sent: our instructions, then the path of the conversation."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.conf import settings

from chatapp.conversations.models import Attachment, Effort, Message, ModelSettings
from chatapp.images.models import Image, ImageData
from chatapp.inference import ChatMessage, CompletionRequest, ImagePart, Model, Role, TextPart
from chatapp.inference.context import LEFT_OUT_PICTURE, MAX_PICTURES, estimate_text

# Byte for byte the same in every request, and first: the service caches it by itself.
INSTRUCTIONS = """\
You are Claude, a helpful assistant in a web chat. Answer in the language of the person.
Format answers in GitHub-flavoured Markdown: fenced code blocks with a language, tables where they
help, LaTeX between $ or $$ for mathematics. Keep answers as short as the question allows."""

# These models refuse an answer of their own as the last message, so they are asked to go on.
CONTINUE = """\
Your answer above was cut off. Continue it exactly where it ends, from the very next character.
Do not repeat any of it, and do not comment on the interruption."""

# Tokens. The service takes at least 1,024 and at most what the answer leaves.
BUDGETS = {Effort.LOW: 1_024, Effort.MEDIUM: 2_048, Effort.HIGH: 4_000}
SMALLEST_BUDGET = 1_024
LEFT_FOR_THE_ANSWER = 1_024

PICTURE_BYTES = 10 * 1024 * 1024  # of all pictures of one request, before base64
MESSAGES_AT_A_TIME = 200

TITLE_INSTRUCTIONS = """\
Write a title for a conversation that begins with the message below: at most six words, in the
language of the message, no quotation marks, no full stop. Answer with the title alone."""
TITLE_EXCERPT = 300  # characters
TITLE_TOKENS = 40


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request, and how much of the conversation was never put into it."""

    request: CompletionRequest
    turns_left_out: int = 0
    pictures_left_out: int = 0


def reply_prompt(reply: Message) -> Prompt:
    """Builds the request for a reply from the messages before it on the path.

    A reply that has a text goes on after it. Reads the database: to be called in a thread.
    """
    model, chosen = settings.CATALOG[reply.model], reply.conversation.chosen
    messages, turns_left_out = _newest_messages(reply, model.context_window)
    pictures = [
        attachment.image
        for message in messages
        for attachment in message.attachments.all()
        if attachment.image
    ]
    shown = _newest_pictures(pictures)
    turns = [_chat_message(message, shown) for message in messages]
    if reply.text:
        turns.append(ChatMessage.from_text("assistant", reply.text))
        turns.append(ChatMessage.from_text("user", CONTINUE))
    request = CompletionRequest(
        model=reply.model,
        messages=(ChatMessage.from_text("system", _system_text(chosen)), *turns),
        max_tokens=min(chosen.max_tokens or model.max_output, model.max_output),
    )
    if budget := _thinking_budget(reply, model):
        answer = max(request.max_tokens, LEFT_FOR_THE_ANSWER)
        most = min(answer + budget, model.max_output)
        request = replace(request, max_tokens=most, thinking_budget=budget)
    else:
        # The service refuses these together with thinking.
        request = replace(request, temperature=chosen.temperature, top_p=chosen.top_p)
    return Prompt(request, turns_left_out, len(pictures) - len(shown))


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


def _thinking_budget(reply: Message, model: Model) -> int:
    """Tokens for thinking, which come on top of the answer as far as the model allows; 0 for
    none. A reply that goes on has thought already."""
    if not reply.thinking or reply.text or not model.thinking:
        return 0
    budget = min(BUDGETS[Effort(reply.thinking)], model.max_output - LEFT_FOR_THE_ANSWER)
    return budget if budget >= SMALLEST_BUDGET else 0


def _newest_messages(reply: Message, window: int) -> tuple[list[Message], int]:
    """As many of the newest messages as the model could read, oldest first, and the number of
    turns before them. What doesn't fit is not even fetched."""
    earlier = reply.conversation.path.filter(position__lt=reply.position, left_out=False)
    newest_first = earlier.order_by("-position").prefetch_related("attachments__image")
    messages: list[Message] = []
    tokens = 0
    for message in newest_first.iterator(chunk_size=MESSAGES_AT_A_TIME):
        messages.insert(0, message)
        tokens += estimate_text(message.text)
        if tokens > window:
            break
    if tokens <= window:
        return messages, 0
    first = messages[0].position
    return messages, earlier.filter(position__lt=first, role=Message.Role.USER).count()


def _newest_pictures(pictures: list[Image]) -> dict[object, str]:
    """The data URLs of the newest pictures by id: not too many, not too large together."""
    chosen: list[Image] = []
    size = 0
    for image in reversed(pictures[-MAX_PICTURES:]):
        size += image.byte_size
        if size > PICTURE_BYTES and chosen:
            break
        chosen.append(image)
    return {data.pk: _data_url(data) for data in _data_of(chosen)}


def _data_of(images: Iterable[Image]) -> Iterable[ImageData]:
    return ImageData.objects.filter(pk__in=[image.pk for image in images]).select_related("image")


def _data_url(data: ImageData) -> str:
    encoded = base64.b64encode(data.content).decode("ascii")
    return f"data:{data.image.content_type};base64,{encoded}"


def _chat_message(message: Message, shown: dict[object, str]) -> ChatMessage:
    pictures = [_picture(attachment, shown) for attachment in message.attachments.all()]
    text = [TextPart(message.text)] if message.text else []
    role: Role = "user" if message.role == Message.Role.USER else "assistant"
    return ChatMessage(role, (*pictures, *text))


def _picture(attachment: Attachment, shown: dict[object, str]) -> ImagePart | TextPart:
    image = attachment.image
    if image is None:
        return ImagePart(attachment.link)
    if image.pk in shown:
        return ImagePart(shown[image.pk], image.width, image.height)
    return TextPart(LEFT_OUT_PICTURE)
