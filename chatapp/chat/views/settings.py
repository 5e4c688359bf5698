"""/c/<id>/settings: how the model is asked in one conversation. /settings/defaults: in new ones.

Each shows the settings, too: to scripts the panel, without scripts the page with the panel open.
"""

from http import HTTPStatus
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.forms.settings import SettingsForm
from chatapp.chat.views.answers import done, refusal
from chatapp.chat.views.page import page, settings_panel
from chatapp.conversations import events
from chatapp.conversations.access import own_conversation
from chatapp.conversations.models import Conversation, Defaults, ModelSettings
from chatapp.conversations.models.model_choice import default_model_for
from chatapp.projects.access import find_usable
from chatapp.projects.models import Project
from chatapp.projects.starting_settings import settings_in
from chatapp.server.request_values import read_uuid, wants_json


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Change the posted fields; `reset` shows the defaults without saving them."""
    if request.method != "POST":
        conversation = own_conversation(request.user, conversation_id)
        return _show(request, conversation, conversation.chosen)
    if "reset" in request.POST:
        conversation = own_conversation(request.user, conversation_id)
        original = SettingsForm(request.user, ModelSettings(default_model_for(request.user)))
        return page(request, conversation, form=original, sheet_is_open=True)
    conversation, form = _choose(request, conversation_id)
    if form.errors:
        return _refuse(request, conversation, form)
    events.conversation_changed(conversation)
    return done(request, conversation.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def defaults(request: PersonRequest) -> HttpResponse:
    """Remember settings for new conversations; show those of a new one, which begins in a project
    with `?project=`."""
    project = find_usable(request.user, read_uuid(request.GET.get("project", "")))
    base = settings_in(project, request.user)
    if request.method != "POST":
        return _show(request, None, base, project)
    form = SettingsForm(request.user, base, request.POST)
    if not form.is_valid():
        return _refuse(request, None, form)
    Defaults.objects.store(request.user, form.chosen)
    return done(request, project.get_absolute_url() if project else "/")


def _show(
    request: PersonRequest,
    shown: Conversation | None,
    chosen: ModelSettings,
    project: Project | None = None,
) -> HttpResponse:
    form = SettingsForm(request.user, chosen)
    if wants_json(request):
        return settings_panel(request, shown, form)
    return page(request, shown, project=project, form=form, sheet_is_open=True)


@transaction.atomic
def _choose(request: PersonRequest, conversation_id: UUID) -> tuple[Conversation, SettingsForm]:
    # Locked: two tabs that change one field each would undo each other's change.
    own = Conversation.objects.of(request.user).select_for_update()
    conversation = get_object_or_404(own, pk=conversation_id)
    conversation.owner = request.user
    form = SettingsForm(request.user, conversation.chosen, request.POST)
    if form.is_valid():
        conversation.choose(form.chosen)
        if form.cleaned_data["as_default"]:
            Defaults.objects.store(request.user, form.chosen)
    return conversation, form


def _refuse(request: PersonRequest, shown: Conversation | None, form: SettingsForm) -> HttpResponse:
    """Answer why; without scripts on the page itself, with everything that was typed."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if wants_json(request):
        return refusal(form.sentence, form, status)
    return page(request, shown, status=status, form=form, sheet_is_open=True)
