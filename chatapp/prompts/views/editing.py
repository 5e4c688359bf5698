"""/prompts/new and /prompts/<id>/: writing, changing and deleting a prompt."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations.models import Message
from chatapp.prompts.access import writable_prompt
from chatapp.prompts.forms import SavedPromptForm
from chatapp.prompts.models import SavedPrompt
from chatapp.prompts.variables import escape
from chatapp.server.redirects import see_other
from chatapp.server.request_values import read_uuid


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest) -> HttpResponse:
    """Make a prompt; with `?message=<id>` of the text of one's own message."""
    data = request.POST if request.method == "POST" else None
    return _edit(request, SavedPromptForm(request.user, SavedPrompt(), data, _text(request)))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: PersonRequest, prompt_id: UUID) -> HttpResponse:
    prompt = writable_prompt(request.user, prompt_id)
    data = request.POST if request.method == "POST" else None
    return _edit(request, SavedPromptForm(request.user, prompt, data))


@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: PersonRequest, prompt_id: UUID) -> HttpResponse:
    """Ask whether to delete a prompt; a POST deletes it."""
    prompt = writable_prompt(request.user, prompt_id)
    if request.method == "POST":
        prompt.delete()
        return see_other(f"{reverse('prompts')}?note=deleted")
    return render(request, "prompts/deletion.html", {"prompt": prompt})


def _edit(request: PersonRequest, form: SavedPromptForm) -> HttpResponse:
    if form.is_bound and form.is_valid() and form.save():
        return see_other(f"{reverse('prompts')}?note=saved#prompt-{form.prompt.pk}")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "prompt": form.prompt}
    return render(request, "prompts/prompt.html", context, status=status)


def _text(request: PersonRequest) -> str:
    """Return the text of the message that the address names, as a prompt that inserts it."""
    if "message" not in request.GET:
        return ""
    message_id = read_uuid(request.GET["message"])
    if message_id is None:
        raise Http404
    messages = Message.objects.of(request.user).filter(role=Message.Role.USER)
    return escape(get_object_or_404(messages, pk=message_id).text)
