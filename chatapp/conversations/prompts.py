"""What the model is sent: our instructions, then the path of the conversation."""

from django.conf import settings

from chatapp.conversations.models import Attachment, Message
from chatapp.inference import ChatMessage, CompletionRequest, ImagePart, Role, TextPart

# Byte for byte the same in every request, and first: the service caches it by itself.
INSTRUCTIONS = """\
You are Claude, a helpful assistant in a web chat. Answer in the language of the person.
Format answers in GitHub-flavoured Markdown: fenced code blocks with a language, tables where they
help, LaTeX between $ or $$ for mathematics. Keep answers as short as the question allows."""

MAX_PICTURES = 20  # in one request; the newest stay
LEFT_OUT = "[An earlier picture was left out here.]"
TITLE_INSTRUCTIONS = """\
Write a title for a conversation that begins with the message below: at most six words, in the
language of the message, no quotation marks, no full stop. Answer with the title alone."""
TITLE_EXCERPT = 300  # characters
TITLE_TOKENS = 40


def reply_request(reply: Message) -> CompletionRequest:
    """Builds the request for a reply from the messages before it on the path.

    Reads the database: to be called in a thread.
    """
    earlier = list(
        reply.conversation.path.filter(position__lt=reply.position).prefetch_related(
            "attachments__image__data"
        )
    )
    shown = _newest_pictures(earlier)
    history = (_chat_message(message, shown) for message in earlier)
    return CompletionRequest(
        model=reply.model,
        messages=(ChatMessage.from_text("system", INSTRUCTIONS), *history),
        max_tokens=settings.CATALOG[reply.model].max_output,
    )


def title_request(message: Message, model: str) -> CompletionRequest:
    return CompletionRequest(
        model=model,
        messages=(
            ChatMessage.from_text("system", TITLE_INSTRUCTIONS),
            ChatMessage.from_text("user", message.text[:TITLE_EXCERPT]),
        ),
        max_tokens=TITLE_TOKENS,
    )


def _newest_pictures(messages: list[Message]) -> set[int]:
    pictures = [attachment.pk for message in messages for attachment in message.attachments.all()]
    return set(pictures[-MAX_PICTURES:])


def _chat_message(message: Message, shown: set[int]) -> ChatMessage:
    attachments = message.attachments.all()
    pictures = [_picture(attachment) for attachment in attachments if attachment.pk in shown]
    notes = [TextPart(LEFT_OUT) for attachment in attachments if attachment.pk not in shown]
    text = [TextPart(message.text)] if message.text else []
    role: Role = "user" if message.role == Message.Role.USER else "assistant"
    return ChatMessage(role, (*pictures, *notes, *text))


def _picture(attachment: Attachment) -> ImagePart:
    return ImagePart(attachment.image.as_data_url() if attachment.image else attachment.link)
