"""/storage/: the space that images take, for a person and, for those who may see it, for all."""

from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chatapp.accounts.permissions import Permission, allows
from chatapp.accounts.person_request import PersonRequest
from chatapp.images.models import Image

PEOPLE_SHOWN = 20


@require_safe
def storage(request: PersonRequest) -> HttpResponse:
    person = request.user
    context: dict[str, object] = {"own": Image.objects.usage(person)}
    if allows(person, Permission.SEE_ALL_USAGE):
        rows = Image.objects.values("owner__email").annotate(
            count=Count("pk"), size=Sum("byte_size")
        )
        context |= {
            "total": Image.objects.total_usage(),
            "people": rows.order_by("-size")[:PEOPLE_SHOWN],
        }
    return render(request, "images/storage.html", context)
