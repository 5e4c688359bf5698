"""/c/<id>/html and /c/<id>/json: one conversation as a file."""

from collections.abc import AsyncIterator
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations.access import own_conversation
from chatapp.conversations.models import Conversation
from chatapp.server.file_names import attachment_header
from chatapp.transfer.conversation_html import conversation_html
from chatapp.transfer.conversation_json import conversation_json


@require_safe
async def html(request: PersonRequest, conversation_id: UUID) -> StreamingHttpResponse:
    """Send a file: as a page of its own it would run in this site's origin."""
    conversation = await sync_to_async(own_conversation)(request.user, conversation_id)
    return _file(conversation, conversation_html(conversation), "html", "text/html")


@require_safe
async def json(request: PersonRequest, conversation_id: UUID) -> StreamingHttpResponse:
    conversation = await sync_to_async(own_conversation)(request.user, conversation_id)
    return _file(conversation, conversation_json(conversation), "json", "application/json")


def _file(
    conversation: Conversation, content: AsyncIterator[str | bytes], ending: str, kind: str
) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=f"{kind}; charset=utf-8")
    name = attachment_header(conversation.display_title, ending)
    response["Content-Disposition"] = name
    return response
