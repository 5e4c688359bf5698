"""Files of projects, and replies that get them."""

import hashlib
from typing import Any

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Message, add_exchange
from chatapp.documents.models import Document
from chatapp.documents.worker.pages import Page
from chatapp.images.models import Image, ImageData
from chatapp.projects.models import Project, ProjectFile
from tests.documents.kit import made_of, reread
from tests.support.replies import new_message


def add_document(
    project: Project, *pages: Page | str, tokens: int | None = None, **values: Any
) -> ProjectFile:
    """Add a document; with `tokens` each of its pages counts as so many, however short it is."""
    document = made_of(project.owner, *pages, **values)
    if tokens is not None:
        document.pages.update(tokens=tokens)
        document.tokens = tokens * len(pages)
        Document.objects.filter(pk=document.pk).update(tokens=document.tokens)
    return ProjectFile.objects.create(project=project, document=document)


def new_image(owner: Person, name: str = "heron.png", content: bytes = b"") -> Image:
    """Store an image that no worker has made: its bytes are only bytes."""
    content = content or name.encode()
    image = Image.objects.create(
        owner=owner,
        sha256=hashlib.sha256(content).hexdigest(),
        content_type="image/png",
        width=20,
        height=10,
        thumbnail_type="image/png",
        byte_size=len(content),
        name=name,
    )
    ImageData.objects.create(image=image, content=content, thumbnail=content)
    return image


def add_image(project: Project, name: str = "heron.png") -> ProjectFile:
    return ProjectFile.objects.create(project=project, image=new_image(project.owner, name))


def ask(
    project: Project | None,
    person: Person,
    text: str = "What is it?",
    before: Message | None = None,
) -> Message:
    """Return a queued reply in a conversation of the project, as another process reads it."""
    conversation = before.conversation_id if before else None
    added = add_exchange(person, new_message(text, conversation))
    Conversation.objects.filter(pk=added.conversation.pk).update(project=project)
    return reread(added.reply)
