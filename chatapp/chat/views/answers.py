"""The two shapes of an answer: JSON for the page's scripts, a page or a redirect without them."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse

from chatapp.chat.forms.settings import SettingsForm
from chatapp.server.redirects import see_other
from chatapp.server.request_values import wants_json


def done(request: HttpRequest, to: str) -> HttpResponse:
    """Answer that there is nothing to show: 204 for scripts, 303 to a page without them."""
    if wants_json(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return see_other(to)


def error(sentence: str, status: int) -> HttpResponse:
    return JsonResponse({"error": sentence}, status=status)


def refusal(
    sentence: str, form: SettingsForm, status: int, reason: str = "", html: str = ""
) -> HttpResponse:
    """Answer with a sentence, in `fields` with one for each invalid setting, with the reason that
    scripts handle, and in `html` with a button that helps."""
    body: dict[str, object] = {"error": sentence, "fields": form.problems}
    body |= ({reason: True} if reason else {}) | ({"html": html} if html else {})
    return JsonResponse(body, status=status)
