"""Who may reach what. Other people's things are not found: on pages, files, sockets and commands
alike."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Conversation, Message, ToolCall, ToolCallImage
from chatapp.conversations.models.conversation import ConversationQuerySet
from chatapp.documents.models import Document
from chatapp.images.models import Image


def own_conversation(person: Person, conversation_id: UUID) -> Conversation:
    found: Conversation = get_object_or_404(Conversation.objects.of(person), pk=conversation_id)
    found.owner = person
    return found


def own_trashed(person: Person, conversation_id: UUID) -> Conversation:
    return get_object_or_404(_in_trash(person), pk=conversation_id)


def trashed(person: Person, conversation_id: UUID) -> Conversation | None:
    """Return a conversation of the person that can be restored, None if there is no such one."""
    found: Conversation | None = _in_trash(person).filter(pk=conversation_id).first()
    return found


def own_reply(person: Person, conversation_id: UUID, reply_id: UUID) -> Message:
    replies = Message.objects.of(person).filter(role=Message.Role.ASSISTANT)
    found: Message = get_object_or_404(
        replies.select_related("conversation"), pk=reply_id, conversation=conversation_id
    )
    found.conversation.owner = person
    return found


def own_message(person: Person, conversation_id: UUID, message_id: UUID) -> Message:
    """Return a message of a person or of a model, whether or not its branch is shown."""
    messages = Message.objects.of(person).select_related("conversation")
    return get_object_or_404(messages, pk=message_id, conversation=conversation_id)


def own_version(person: Person, conversation_id: UUID, message_id: UUID) -> Message:
    """Return a message, also of a version that was deleted, which may be undone."""
    messages = Message.objects.with_deleted_of(person).select_related("conversation")
    return get_object_or_404(messages, pk=message_id, conversation=conversation_id)


def own_tool_call(
    person: Person, conversation_id: UUID, reply_id: UUID, tool_call_id: UUID
) -> ToolCall:
    reply = own_reply(person, conversation_id, reply_id)
    tool_call: ToolCall = get_object_or_404(reply.tool_calls, pk=tool_call_id)
    return tool_call


def own_image(person: Person, image_id: UUID) -> Image:
    return get_object_or_404(Image.objects.filter(owner=person), pk=image_id)


def visible_document(person: Person, document_id: UUID) -> Document:
    return get_object_or_404(visible_documents(person.pk), pk=document_id)


def visible_documents(person_id: UUID | None) -> QuerySet[Document]:
    """Return documents that the person uploaded, that are in a conversation of theirs or in a
    project that they may read; without a person there are none."""
    if person_id is None:  # it would match the documents that nobody is let in to
        return Document.objects.none()
    own = Conversation.objects.filter(owner=person_id).present()
    sent = Attachment.objects.filter(
        document=OuterRef("pk"), message__conversation__in=own, message__deleted_at=None
    )
    shared = Document.objects.filter(_in_shared_project(person_id), pk=OuterRef("pk"))
    return Document.objects.filter(Q(owner=person_id) | Exists(sent) | Exists(shared))


def visible_image(person: Person, image_id: UUID) -> Image:
    """Return an image that the person uploaded, that is in a conversation of theirs or in a project
    that they may read."""
    sent = Attachment.objects.filter(
        image=OuterRef("pk"),
        message__conversation__in=Conversation.objects.of(person),
        message__deleted_at=None,
    )
    made = ToolCallImage.objects.filter(
        image=OuterRef("pk"),
        tool_call__reply__conversation__in=Conversation.objects.of(person),
        tool_call__reply__deleted_at=None,
    )
    shared = Image.objects.filter(_in_shared_project(person.pk), pk=OuterRef("pk"))
    theirs = Q(owner=person) | Exists(sent) | Exists(made) | Exists(shared)
    return get_object_or_404(Image.objects.filter(theirs), pk=image_id)


def _in_shared_project(person_id: UUID) -> Q:
    """Match files of projects that others share with the person, which are neither in the trash nor
    of somebody who was deleted. Only their owners add files."""
    return Q(
        project_files__project__members__person=person_id,
        project_files__project__owner__deleted_at=None,
        project_files__project__trashed_at=None,
    )


def _in_trash(person: Person) -> ConversationQuerySet:
    own: ConversationQuerySet = Conversation.objects.filter(owner=person)
    return own.in_trash()
