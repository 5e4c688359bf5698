"""/storage/: the space that images and documents take, for a person and, for those who may see it,
for all."""

from typing import Any

from django.db.models import BigIntegerField, Count, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, allows
from chatapp.accounts.person_request import PersonRequest
from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.projects.models import Project

PEOPLE_SHOWN = 20
PROJECTS_SHOWN = 20


@require_safe
def storage(request: PersonRequest) -> HttpResponse:
    person = request.user
    context: dict[str, object] = {
        "own": Image.objects.usage(person),
        "own_documents": Document.objects.usage(person),
        "projects": _projects(person),
    }
    if allows(person, Permission.SEE_ALL_USAGE):
        context |= {
            "total": Image.objects.total_usage(),
            "people": _by_person(Image.objects.all()),
            "total_documents": Document.objects.total_usage(),
            "people_with_documents": _by_person(Document.objects.all()),
        }
    return render(request, "images/storage.html", context)


def _projects(person: Person) -> list[Project]:
    """Return those projects whose files take the most space, with their count and size."""
    sizes = ("files__document__byte_size", "files__image__byte_size")
    size = Sum(Coalesce(*sizes, output_field=BigIntegerField()))
    own = Project.objects.of(person).annotate(count=Count("files"), size=size)
    return list(own.filter(count__gt=0).order_by("-size")[:PROJECTS_SHOWN])


def _by_person(files: QuerySet[Any]) -> QuerySet[Any, dict[str, Any]]:
    """Return email, count and size for the people who use the most space."""
    rows = files.values("owner__email").annotate(count=Count("pk"), size=Sum("byte_size"))
    return rows.order_by("-size")[:PEOPLE_SHOWN]
