"""What the two usage pages have in common."""

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext

from chatapp.accounts.models import Person
from chatapp.server.file_names import attachment_header
from chatapp.spending import chart
from chatapp.spending.csv_file import csv_file
from chatapp.spending.days import Month
from chatapp.spending.periods import zone
from chatapp.spending.usage import hidden_calls, usage_of


def month_of(request: HttpRequest) -> Month:
    return Month.read(request.GET.get("month", ""))


def usage_context(person: Person | None, month: Month) -> dict[str, Any]:
    """Return what both pages show, of one person or of everybody. Costs two queries."""
    usage = usage_of(person, month)
    return {
        "usage": usage,
        "month": month,
        "chart": chart.draw(usage.days),
        "hidden_calls": hidden_calls(person, month),
        "site_zone": zone(),
    }


def csv_answer(person: Person | None, month: Month) -> StreamingHttpResponse:
    content = csv_file(person, month)
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    name = gettext("Usage %(month)s") % {"month": month}
    response["Content-Disposition"] = attachment_header(name, "csv")
    return response
