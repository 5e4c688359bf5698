"""The model service: it answers and accepts the key, lists its models, and streams."""

import time

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop

from chatapp.diagnostics import service_calls
from chatapp.diagnostics.results import Result, green, note, red, yellow
from chatapp.inference.listing import ListedModel, find_listed
from chatapp.inference.sample_requests import text_request, yes_request
from chatapp.retirement import offers

USE_REAL_MODEL = gettext_noop("Connect the app to a real model.")

MAX_MODELS = 20  # that are shown

COUNT = "Count from 1 to 20 in words, separated by commas."
COUNT_TOKENS = 48
HELD_BACK_SECONDS = 0.05  # from first to last piece; a model takes ten times as long for so much
AT_ONCE_SECONDS = 0.5  # a whole answer within this time may really have been written so fast


async def check_service() -> Result:
    """Ask for one token, which shows that the service answers and accepts the key."""
    if settings.SERVICE.kind == "none":
        return no_service()
    model = offers.default()
    started_at = time.monotonic()
    seen = await service_calls.ask(model, yes_request(model, 1))
    if seen.failure and not seen.accepted:
        return service_calls.explain(seen.failure)
    if settings.SERVICE.kind == "demo":
        found = f"{settings.SERVICE.translated(gettext)}."
        return yellow(found, gettext(USE_REAL_MODEL), service_calls.connect_command())
    facts = {
        "service": settings.SERVICE.translated(gettext),
        "model": model.id,
        "seconds": f"{time.monotonic() - started_at:.1f}",
    }
    return green(gettext("%(service)s: %(model)s answered within %(seconds)s s.") % facts)


def no_service() -> Result:
    command = service_calls.connect_command()
    if settings.SERVICE.missing:
        found = f"{settings.SERVICE.translated(gettext)}."
        return red(found, gettext("Set it, and remove what isn't meant for this app."))
    if settings.ON_DYNO:
        fix = gettext("Add the model service, which sets INFERENCE_URL and INFERENCE_KEY.")
        return red(gettext("No model service is configured."), fix, command)
    found = gettext("No model service is configured. With `make run` the demo model answers.")
    return yellow(found, gettext(USE_REAL_MODEL), command)


async def check_models() -> Result:
    """Compare the models on offer with the service's list. A missing or odd list proves nothing."""
    if result := service_calls.not_configured():
        return result
    offered = list(settings.CATALOG)
    listed = await service_calls.list_models()
    if not listed:
        found = gettext("Offered here: %s. The service doesn't list its models.")
        return note(found % ", ".join(offered))
    entries = {model_id: find_listed(listed, model_id) for model_id in offered}
    ids = sorted(entry.id for entry in listed)
    facts = {"offered": ", ".join(offered), "listed": ", ".join(ids[:MAX_MODELS])}
    found = gettext("Offered here: %(offered)s. The service lists: %(listed)s.") % facts
    endings = [_ending(model_id, entry) for model_id, entry in entries.items() if entry]
    found = " ".join(filter(None, [found, *endings]))
    if unknown := [model_id for model_id, entry in entries.items() if entry is None]:
        fix = gettext("%s may be misspelled or withdrawn. Try it, or change CHAT_MODELS.")
        command = f'python manage.py try_inference --model {unknown[0]} "Hello"'
        return yellow(found, fix % ", ".join(unknown), command)
    if any(endings):
        fix = gettext("Chats continue by themselves. To choose other models, change CHAT_MODELS.")
        return yellow(found, fix)
    return green(found)


def _ending(model_id: str, entry: ListedModel) -> str:
    """Return when the service stops offering a model, and what it suggests; "" if it doesn't."""
    if not (entry.is_deprecated or entry.ends_on):
        return ""
    facts = {"model": model_id, "replacement": entry.replacement or gettext("no other model")}
    if entry.ends_on is None:
        return gettext("%(model)s is deprecated; the service suggests %(replacement)s.") % facts
    facts["date"] = date_format(entry.ends_on, "DATE_FORMAT")
    if entry.ends_on < timezone.localdate():
        return gettext("%(model)s ended on %(date)s; the service suggests %(replacement)s.") % facts
    return gettext("%(model)s ends on %(date)s; the service suggests %(replacement)s.") % facts


async def check_streaming() -> Result:
    """Return whether text arrives as it is written. A proxy may collect it until the end."""
    if result := service_calls.not_configured():
        return result
    model = offers.default()
    seen = await service_calls.ask(model, text_request(model, COUNT, COUNT_TOKENS))
    if seen.failure and not seen.accepted:
        return service_calls.explain_again(seen.failure)
    if not seen.arrivals:
        return note(gettext("Not measured, because the answer had no text."))
    first, last = seen.arrivals[0], seen.arrivals[-1]
    facts = {"pieces": len(seen.arrivals), "first": f"{first:.2f}", "last": f"{last:.2f}"}
    found = gettext("%(pieces)s pieces, the first after %(first)s s, the last after %(last)s s.")
    if last - first < HELD_BACK_SECONDS and last > AT_ONCE_SECONDS:
        fix = gettext(
            "The answer was held back and arrived all at once: something between this app and the "
            "model collects it. Set INFERENCE_URL to the service itself."
        )
        return yellow(found % facts, fix)
    return green(found % facts)
