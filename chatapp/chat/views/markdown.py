"""/c/<id>/markdown: the whole conversation as a file of Markdown."""

from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations.access import own_conversation
from chatapp.conversations.markdown import conversation_markdown


@require_safe
async def markdown(request: PersonRequest, conversation_id: UUID) -> StreamingHttpResponse:
    """Send a file: as a page of its own it would stay in its tab after a sign-out."""
    conversation = await sync_to_async(own_conversation)(request.user, conversation_id)
    text = conversation_markdown(conversation, request.build_absolute_uri)
    response = StreamingHttpResponse(text, content_type="text/markdown; charset=utf-8")
    name = f"{conversation.display_title.replace('/', '-')}.md"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
