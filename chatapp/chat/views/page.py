"""The page: a conversation, or the empty composer."""

import uuid
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from chatapp.accounts.models import Person
from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.time_zones import zone_of
from chatapp.chat.forms.settings import (
    IN_THE_SHEET_ONLY,
    MAX_INSTRUCTIONS,
    MIN_TOKENS,
    SettingsForm,
)
from chatapp.chat.message_limits import limits
from chatapp.chat.model_labels import short_labels
from chatapp.chat.project_context import project_context, project_of
from chatapp.chat.views.trash import show_trashed
from chatapp.conversations import events, sidebar_events
from chatapp.conversations.access import own_message
from chatapp.conversations.history import MESSAGES_PER_PAGE, MessagePage, message_page
from chatapp.conversations.models import (
    Conversation,
    Draft,
    Effort,
    Message,
    arrangement,
)
from chatapp.inference import Model
from chatapp.projects.models import Project
from chatapp.projects.sidebar import Sidebar, sidebar_page
from chatapp.projects.starting_settings import settings_in
from chatapp.replies import waiting_notices
from chatapp.replies.accounting import ledger
from chatapp.server.database_errors import DatabaseFull
from chatapp.server.request_values import read_uuid

PAGE = "chat/page.html"
COMPOSER_FORM = "composer-form"  # its id


@require_safe
def home(request: PersonRequest) -> HttpResponse:
    return page(request, None)


@require_safe
def conversation(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Show a conversation; with `?message=<id>` the branch on which that message lies.

    With `?deleted=<id>` it offers to bring that version back.
    """
    shown = Conversation.objects.of(request.user).filter(pk=conversation_id).first()
    if shown is None:
        return show_trashed(request, conversation_id)
    if "message" not in request.GET:
        _see(shown)
        return page(request, shown, deleted=_deleted(shown, request.GET.get("deleted", "")))
    message_id = read_uuid(request.GET["message"])
    if message_id is None:
        raise Http404
    message = own_message(request.user, conversation_id, message_id)
    if message.show():
        events.branch_changed(shown)
    return redirect(f"{_page_with(shown, message)}#message-{message.pk}")


def _see(shown: Conversation) -> None:
    """Count the conversation as read. A full database can't note that, but shows the page."""
    with suppress(DatabaseFull):
        if shown.is_unread and arrangement.see(shown):
            shown.is_unread = False
            sidebar_events.conversation_seen(shown.owner_id, shown.pk)


@require_safe
def later(request: PersonRequest, template: str) -> HttpResponse:
    """Return the HTML of something that the first load does without."""
    return render(request, template)


def settings_panel(
    request: PersonRequest, shown: Conversation | None, form: SettingsForm
) -> HttpResponse:
    """Return the HTML of the settings, which the first load does without."""
    context = {"conversation": shown, "models": form.models.values()}
    return render(request, "settings/_panel.html", {**context, "sheet": _sheet(shown, None, form)})


def page(
    request: PersonRequest,
    shown: Conversation | None,
    *,
    project: Project | None = None,
    status: int = 200,
    before: int | None = None,
    sidebar_before: str = "",
    form: SettingsForm | None = None,
    sheet_is_open: bool = False,
    deleted: Message | None = None,
    **composer: Any,
) -> HttpResponse:
    """Render the page of a conversation, or for None the empty page, which may be that of a
    project; `form` and `composer` carry over what was refused, as it was typed.

    `before` and `sidebar_before` choose an earlier page of either list.
    """
    if shown:
        shown.owner = request.user
    if form is None:
        chosen = shown.chosen if shown else settings_in(project, request.user)
        form = SettingsForm(request.user, chosen)
    with timezone.override(zone_of(request)):
        history = message_page(shown, before) if shown else MessagePage([], "")
        waiting_notices.show(history.messages)
        sidebar = sidebar_page(request.user, sidebar_before, shown, project)
        head = shown.branch.last() if shown and before is not None else _last(history)
        draft = _draft(request.user, shown, project)
        composer = {"parent": head, **_written(draft), **composer}
        context = _context(shown, history, sidebar, composer)
        context["models"] = form.models.values()
        context["quick_models"] = _quick_models(form)
        context["deleted"] = deleted
        context["source"] = _source(request.user, shown)
        context["sheet"] = _sheet(shown, project, form, sheet_is_open)
        context["project"] = project or project_of(shown)
        if project and shown is None:
            context |= project_context(request, project)
        return render(request, PAGE, context, status=status)


def _quick_models(form: SettingsForm) -> list[tuple[Model, str, float | None]]:
    """Return the models with their labels, and dollars for a million tokens that they read."""
    price = ledger().input_price
    return [(model, label, price(model.id)) for model, label in short_labels(form.models.values())]


def _deleted(shown: Conversation, message: str) -> Message | None:
    """Return the version that was deleted, unless it is back or its row is gone."""
    message_id = read_uuid(message)
    if message_id is None:
        return None
    return shown.messages.exclude(deleted_at=None).filter(pk=message_id).first()


def _page_with(shown: Conversation, message: Message) -> str:
    """Return the URL of the page that has a message of the branch: the conversation's own, or one
    of its earlier pages with the message in the middle."""
    head = shown.branch.values_list("position", flat=True).last() or 0
    if head - message.position < MESSAGES_PER_PAGE:
        return shown.get_absolute_url()
    before = message.position + MESSAGES_PER_PAGE // 2
    return f"{reverse('messages', args=[shown.pk])}?before={before}"


def _source(person: Person, shown: Conversation | None) -> Message | None:
    """Return the message up to which the conversation is a copy of another one, if it's there."""
    if shown is None or shown.branched_from is None:
        return None
    messages = Message.objects.of(person).select_related("conversation")
    source: Message | None = messages.filter(pk=shown.branched_from).first()
    return source


def _last(history: MessagePage) -> Message | None:
    return history.messages[-1] if history.messages else None


def _context(
    shown: Conversation | None,
    history: MessagePage,
    sidebar: Sidebar,
    composer: dict[str, Any],
) -> dict[str, Any]:
    conversation_id = shown.pk if shown else uuid.uuid4()
    return {
        "conversation": shown,
        "messages": history.messages,
        "older_url": history.older_url,
        "running": any(message.is_running for message in history.messages),
        "sidebar": sidebar,
        "service": {
            "kind": settings.SERVICE.kind,
            "sentence": settings.SERVICE.translated(gettext),
        },
        "limits": limits(),
        "composer": {
            "action": reverse("messages", args=[conversation_id]),
            "conversation_id": conversation_id,
            "error": "",
            **composer,
        },
    }


def _draft(person: Person, shown: Conversation | None, project: Project | None) -> Draft | None:
    """Return the draft of a conversation or of the empty page; that of a project has none, so that
    what is meant for a project isn't sent in other chats."""
    if project and shown is None:
        return None
    draft: Draft | None = Draft.objects.shown(person.pk, shown.pk if shown else None)
    return draft


def _written(draft: Draft | None) -> dict[str, Any]:
    """Return the content of the message box. Sending it, even edited, ends the draft by its id."""
    if draft:
        return {"client_id": draft.client_id, "text": draft.text, "draft": draft}
    return {"client_id": uuid.uuid4(), "text": ""}


def _sheet(
    shown: Conversation | None, project: Project | None, form: SettingsForm, is_open: bool = False
) -> dict[str, Any]:
    """Return what the settings sheet and the composer's two quick controls show."""
    chosen = form.models.get(form.shown["model"]) or form.models[form.base.model]
    problems = form.problems if form.is_bound else {}
    of_new = reverse("defaults") + (f"?project={project.pk}" if project else "")
    return {
        "action": reverse("settings", args=[shown.pk]) if shown else of_new,
        # A new chat has no row yet: its settings are sent with the first message.
        "form_id": "" if shown else COMPOSER_FORM,
        "values": form.shown,
        "problems": problems,
        "has_more": form.has_more,
        "is_open": is_open or not problems.keys().isdisjoint(IN_THE_SHEET_ONLY),
        "model": chosen,
        "efforts": Effort.choices,
        "tools": form.tools,
        "max_instructions": MAX_INSTRUCTIONS,
        "min_tokens": MIN_TOKENS,
    }
