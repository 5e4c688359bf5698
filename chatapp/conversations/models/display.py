"""What templates ask of a message."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatapp.rendering import VERSION, render_document

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django_stubs_ext.db.models.manager import RelatedManager

    from chatapp.conversations.models.attachment import Attachment
    from chatapp.conversations.models.step import Step


MOST_STEPS = 4  # lines that the steps of a reply take up until somebody unfolds them
# What a person may ask of a reply; each is an address of its own.
RESOURCES = ("state", "stop", "retry", "continuation", "omission")


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """What only the process that makes a reply knows of it right now. All in seconds."""

    waits_for: float | None = None  # until the service is asked again
    wait_reason: str = ""
    has_thought_for: float | None = None  # while the model thinks


REMOTE = LiveStatus()  # nothing is known: the reply has ended, or another process makes it


class MessageDisplay:
    """Mixed into Message; reads its columns, queries nothing that was not prefetched."""

    live_status = REMOTE
    known_steps: "list[Step] | None" = None  # set by whoever has them at hand

    if TYPE_CHECKING:
        pk: UUID
        conversation_id: UUID
        role: str
        text: str
        html: str
        html_version: int
        model: str
        status: str
        notices: dict[str, Any]
        changes: dict[str, str]
        error_kind: str
        is_running: bool
        left_out: bool
        thought_seconds: float | None
        started_at: datetime | None
        finished_at: datetime | None
        attempt: int
        attachments: RelatedManager[Attachment]
        steps: Any  # a StepManager

    @property
    def shown_html(self) -> SafeString:
        """Safe HTML of a reply: as stored, or rendered anew when the rules have changed since."""
        if self.html_version == VERSION:
            return mark_safe(self.html)  # noqa: S308  (stored by us, sanitised by that version)
        return mark_safe(render_document(self.text, prefix=str(self.pk)))  # noqa: S308

    @property
    def attachments_shown(self) -> "list[Attachment]":
        return list(self.attachments.all()) if self.role == "user" else []

    @property
    def steps_shown(self) -> "list[Step]":
        if self.role == "user" or not self.attempt:
            return []  # nobody has asked for anything yet
        if self.known_steps is not None:
            return self.known_steps
        is_prefetched = "steps" in getattr(self, "_prefetched_objects_cache", {})
        return list(self.steps.all() if is_prefetched else self.steps.with_pictures())

    @property
    def folded_steps(self) -> "list[Step]":
        """Of many steps all but the last ones, and never one that waits for the person. As steps
        come one by one, the page does not grow any more."""
        steps = self.steps_shown
        if len(steps) <= MOST_STEPS:
            return []
        return [step for step in steps[: 1 - MOST_STEPS] if not step.is_undecided]

    @property
    def model_label(self) -> str:
        return _label(self.model)

    @property
    def shown_status(self) -> str:
        """While the service lets us wait, a reply is in a queue again."""
        return "queued" if self.live_status.waits_for is not None else self.status

    @property
    def change_lines(self) -> list[str]:
        """What the person changed before this message."""
        lines = []
        if "model" in self.changes:
            lines.append(_("Model: %(model)s") % {"model": _label(self.changes["model"])})
        if "instructions" in self.changes:
            lines.append(
                _("Instructions changed") if self.changes["instructions"] else _("No instructions")
            )
        return lines

    @property
    def notice_lines(self) -> list[str]:
        """How the request that went out differs from what was asked for."""
        told = dict(self.notices)
        if self.error_kind == "blocked":
            told.pop("text_rewritten", None)  # it was of no use
        refused = told.pop("pictures_refused", [])
        lines = [_notice(change, count) for change, count in sorted(told.items())]
        return lines + [_refused(name, why) for name, why in refused]

    @property
    def thought_line(self) -> str:
        if self.live_status is REMOTE and self.is_running and not self.text:
            return _("Thinking…")
        if self.thought_seconds is None:
            return _("Thoughts")
        seconds = max(1, round(self.thought_seconds))
        if seconds < 60:
            return _("Thought for %(seconds)s s") % {"seconds": seconds}
        minutes, seconds = divmod(seconds, 60)
        return _("Thought for %(minutes)s min %(seconds)s s") % {
            "minutes": minutes,
            "seconds": seconds,
        }

    @property
    def duration_seconds(self) -> float | None:
        if self.finished_at and self.started_at:
            return (self.finished_at - self.started_at).total_seconds()
        return None

    @property
    def urls(self) -> dict[str, str]:
        place = [self.conversation_id, self.pk]
        return {name: reverse(name, args=place) for name in RESOURCES}


def _label(model_id: str) -> str:
    model = settings.CATALOG.get(model_id)
    return model.label if model else model_id


def _notice(change: str, count: int) -> str:
    match change:
        case "turns_left_out":
            return ngettext(
                "The conversation is longer than the model can read: its oldest turn was left out.",
                "The conversation is longer than the model can read: "
                "its %(count)s oldest turns were left out.",
                count,
            ) % {"count": count}
        case "pictures_left_out":
            return ngettext(
                "One earlier picture was left out.",
                "%(count)s earlier pictures were left out.",
                count,
            ) % {"count": count}
        case "pictures_unseen":
            return ngettext(
                "This model does not see pictures: one was left out.",
                "This model does not see pictures: %(count)s were left out.",
                count,
            ) % {"count": count}
        case "text_rewritten":
            return _(
                "A content filter in front of the service refused some words. "
                "The model got a copy in which they are spelled apart."
            )
        case "tools_off":
            return _("The service did not accept tools for this; the model answered without.")
        case _:
            return _("The service did not accept thinking for this; the model answered without.")


def _refused(name: str, why: str) -> str:
    sentence = _("The service could not use the picture “%(name)s”, so it was left out: %(why)s")
    return sentence % {"name": name, "why": why}
