"""/people/<id>/deletion and restoration: delete somebody with all that is theirs, and undo it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations.models import Conversation
from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.people.deletion import delete, restore
from chatapp.people.views.answers import back_to, managed_person
from chatapp.projects.members import shared_by


@requires(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: PersonRequest, person_id: UUID) -> HttpResponse:
    """Show what would go and ask for confirmation, then delete. A second POST changes nothing."""
    person = managed_person(request.user, person_id)
    if request.method != "POST":
        context = {
            "person": person,
            "chats": Conversation.objects.filter(owner=person, deleted_at=None).count(),
            "images": Image.objects.filter(owner=person).count(),
            "documents": Document.objects.filter(owner=person).count(),
            "shared_projects": shared_by(person).count(),
        }
        return render(request, "people/deletion.html", context)
    changed = delete(request.user, person, request=request)
    return back_to(person, "deleted" if changed else "unchanged")


@requires(Permission.MANAGE_PEOPLE)
@require_POST
def restoration(request: PersonRequest, person_id: UUID) -> HttpResponse:
    person = managed_person(request.user, person_id)
    changed = restore(request.user, person, request=request)
    return back_to(person, "restored" if changed else "unchanged")
