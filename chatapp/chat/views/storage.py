"""/storage/: the space that images and documents take, for a person and, for those who may see it,
for all."""

from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chatapp.accounts.permissions import Permission, allows
from chatapp.accounts.person_request import PersonRequest
from chatapp.documents.models import Document
from chatapp.images.models import Image

PEOPLE_SHOWN = 20


@require_safe
def storage(request: PersonRequest) -> HttpResponse:
    person = request.user
    context: dict[str, object] = {
        "own": Image.objects.usage(person),
        "own_documents": Document.objects.usage(person),
    }
    if allows(person, Permission.SEE_ALL_USAGE):
        context |= {
            "total": Image.objects.total_usage(),
            "people": _by_person(Image.objects.all()),
            "total_documents": Document.objects.total_usage(),
            "people_with_documents": _by_person(Document.objects.all()),
        }
    return render(request, "images/storage.html", context)


def _by_person(files: QuerySet[Any]) -> QuerySet[Any, dict[str, Any]]:
    """Return email, count and size for the people who use the most space."""
    rows = files.values("owner__email").annotate(count=Count("pk"), size=Sum("byte_size"))
    return rows.order_by("-size")[:PEOPLE_SHOWN]
