"""/c/<id>/markdown: the whole conversation as a file of Markdown."""

from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations.access import own_conversation
from chatapp.conversations.markdown import conversation_markdown
from chatapp.server.file_names import attachment_header


@require_safe
async def markdown(request: PersonRequest, conversation_id: UUID) -> StreamingHttpResponse:
    """Send a file: as a page of its own it would stay in its tab after a sign-out."""
    conversation = await sync_to_async(own_conversation)(request.user, conversation_id)
    text = conversation_markdown(conversation, request.build_absolute_uri)
    response = StreamingHttpResponse(text, content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = attachment_header(conversation.display_title, "md")
    return response
