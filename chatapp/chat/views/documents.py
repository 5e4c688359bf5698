"""/documents/<id>/: a document."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations.access import own_document


@require_safe
def document(request: PersonRequest, document_id: UUID) -> HttpResponse:
    """Return the name of a document as plain text."""
    found = own_document(request.user, document_id)
    return HttpResponse(found.name, content_type="text/plain; charset=utf-8")
