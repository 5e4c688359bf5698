"""One conversation as a file of JSON that has everything, images included."""

import base64
from collections.abc import AsyncIterator, Iterator

from django.utils import timezone

from chatapp import background
from chatapp.conversations.models import Conversation, Message
from chatapp.documents.errors import DocumentMissing
from chatapp.documents.models import Document
from chatapp.images import store
from chatapp.images.models import Image
from chatapp.transfer.reading import START, Place, documents_of, images_of, messages_after
from chatapp.transfer.records import (
    conversation_record,
    document_record,
    encode,
    file_record,
    image_record,
    message_record,
)

MAX_INSIDE_BYTES = 20 * 1024**2  # of a document; whoever reads the file holds it in memory


async def conversation_json(conversation: Conversation) -> AsyncIterator[bytes]:
    """Yield the file in pieces; it is read as it is sent, so memory doesn't grow with it."""
    yield encode(file_record(timezone.now()))[:-1] + b',"images":['
    before = b""
    images: list[Image] = await background.in_thread(list, images_of(conversation))
    for image in images:
        yield before + await background.in_thread(_image, image)
        before = b",\n"
    yield b'],"documents":['
    before = b""
    documents: list[Document] = await background.in_thread(list, documents_of(conversation))
    for document in documents:
        yield before + await background.in_thread(_document, document)
        before = b",\n"
    yield b'],"conversations":['
    yield conversation_opening(conversation)
    place: Place | None = START
    while place:
        piece, place = await background.in_thread(messages_piece, conversation, place)
        yield piece
    yield CLOSING + b"]}\n"


CLOSING = b"]}"  # of a conversation


def conversation_opening(conversation: Conversation) -> bytes:
    """Return a conversation up to its first message."""
    return encode(conversation_record(conversation))[:-1] + b',"messages":['


def messages_piece(conversation: Conversation, after: Place) -> tuple[bytes, Place | None]:
    """Return the next messages, and after which place to continue; None at the end."""
    batch = messages_after(conversation, after)
    return b"".join(_lines(conversation, after, batch.messages)), batch.place


def _lines(conversation: Conversation, after: Place, messages: list[Message]) -> Iterator[bytes]:
    is_first = after == START
    for message in messages:
        yield b"\n" if is_first else b",\n"
        yield encode(message_record(message, conversation.owner_id))
        is_first = False


def _document(document: Document) -> bytes:
    """Return a document with its file, which a larger one has only in an archive."""
    try:
        content = document.content
    except DocumentMissing:
        content = b""
    if not content or len(content) > MAX_INSIDE_BYTES:
        return encode(document_record(document))
    return encode(document_record(document, data=base64.b64encode(content).decode()))


def _image(image: Image) -> bytes:
    try:
        data = base64.b64encode(store.read(image)).decode()
    except store.ImageMissing:
        return encode(image_record(image))
    return encode(image_record(image, data=data))
