"""What the app has learned about models, which the owner can have it forget."""

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chatapp.diagnostics.results import Result, note
from chatapp.diagnostics.service_calls import not_configured
from chatapp.replies.models import LearnedFact
from chatapp.server.database_errors import manage_command

LINES: dict[tuple[str, object], str | Promise] = {
    ("sent_as", ...): _("the service calls it %(value)s"),
    ("replacement", ...): _("no longer offered, %(value)s answers instead"),
    ("token_field", ...): _("the limit of an answer is sent as %(value)s"),
    ("max_output", ...): _("an answer has at most %(value)s tokens"),
    ("context_window", ...): _("it reads and writes at most %(value)s tokens"),
    ("thinking", "effort"): _("it decides itself how long to think"),
    ("thinking", "off"): _("it doesn't think aloud"),
    ("sampling", "off"): _("it takes no temperature or top P"),
    ("vision", "off"): _("it doesn't see images"),
    ("image_delivery", "link"): _("it gets images as links (CHAT_IMAGE_DELIVERY)"),
    ("image_delivery", "inline"): _("it gets images inline (CHAT_IMAGE_DELIVERY)"),
}


def check_learned() -> Result:
    """Show what refusals of the service have taught the app. It is neither good nor bad."""
    if result := not_configured():
        return result
    rows = list(LearnedFact.objects.of(settings.SERVICE.url))
    lines: dict[str, list[str]] = {}
    for row in rows:
        if row.fact:
            lines.setdefault(row.model, []).append(_line(row.name, row.value))
    if not lines:
        return note(gettext("Nothing: the models accept what the app sends them."))
    found = " ".join(f"{model}: {'; '.join(facts)}." for model, facts in lines.items())
    until = date_format(timezone.localtime(min(row.until for row in rows)), "DATETIME_FORMAT")
    fix = gettext(
        "The app adapts to this by itself, and tries again from %(until)s. Forget it now if the "
        "service has changed, or set it permanently in CHAT_MODELS."
    )
    return note(found, fix % {"until": until}, manage_command("diagnostics --forget-learned"))


def _line(name: str, value: object) -> str:
    line = LINES.get((name, value)) or LINES[name, ...]
    shown = number_format(value, force_grouping=True) if isinstance(value, int) else value
    return str(line) % {"value": shown}
