"""/prompts/<id>/use: a prompt and its variables, for the message box or for a new chat."""

from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations.models import DraftsFull
from chatapp.prompts.access import visible_prompt, writable
from chatapp.prompts.drafting import MessageTooLong, begin_chat
from chatapp.prompts.forms import ValuesForm
from chatapp.prompts.models import SavedPrompt
from chatapp.server.redirects import see_other
from chatapp.server.request_values import wants_json


@require_http_methods(["GET", "HEAD", "POST"])
def use(request: PersonRequest, prompt_id: UUID) -> HttpResponse:
    """Show a prompt with a field for each variable; for scripts its parts. A POST puts its text
    into the message box of a new chat."""
    prompt = visible_prompt(request.user, prompt_id)
    if request.method == "POST":
        return _begin(request, prompt)
    if wants_json(request):
        return JsonResponse(_parts(prompt))
    return _shown(request, prompt, ValuesForm(prompt))


def _begin(request: PersonRequest, prompt: SavedPrompt) -> HttpResponse:
    form = ValuesForm(prompt, request.POST)
    form.is_valid()  # any text is
    try:
        begin_chat(request.user, form.text)
    except MessageTooLong:
        sentence = _("The message would be longer than %(limit)s characters. Shorten it.")
        sentence %= {"limit": f"{settings.MAX_MESSAGE_CHARACTERS:,}"}
    except DraftsFull:
        sentence = _("Your drafts take too much space. Send or delete one of the long ones.")
    else:
        return see_other("home")
    return _shown(request, prompt, form, sentence, HTTPStatus.UNPROCESSABLE_ENTITY)


def _shown(
    request: PersonRequest,
    prompt: SavedPrompt,
    form: ValuesForm,
    sentence: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "prompt": prompt,
        "form": form,
        "sentence": sentence,
        "is_writable": writable(request.user).filter(pk=prompt.pk).exists(),
    }
    return render(request, "prompts/use.html", context, status=status)


def _parts(prompt: SavedPrompt) -> dict[str, object]:
    parsed = prompt.parsed
    variables = [{"name": each.name, "value": each.default} for each in parsed.variables]
    return {"parts": parsed.parts, "variables": variables}
