"""The model service: it answers and accepts the key, lists its models, and streams."""

import json
import re
import time

import aiohttp
import httpx
from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from chatapp.diagnostics import service_calls
from chatapp.diagnostics.results import Result, green, note, red, yellow
from chatapp.inference.sample_requests import text_request, yes_request

USE_REAL_MODEL = gettext_noop("Connect the app to a real model.")

MODEL_ID = re.compile(r"[\w.:/-]{1,80}", re.ASCII)
MAX_MODELS = 20  # that are shown

COUNT = "Count from 1 to 20 in words, separated by commas."
COUNT_TOKENS = 48
HELD_BACK_SECONDS = 0.05  # from first to last piece; a model takes ten times as long for so much
AT_ONCE_SECONDS = 0.5  # a whole answer within this time may really have been written so fast


async def check_service() -> Result:
    """Ask for one token, which shows that the service answers and accepts the key."""
    if settings.SERVICE.kind == "none":
        return no_service()
    model = next(iter(settings.CATALOG.values()))
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
    listed = await _list_models()
    if not listed:
        found = gettext("Offered here: %s. The service doesn't list its models.")
        return note(found % ", ".join(offered))
    facts = {"offered": ", ".join(offered), "listed": ", ".join(sorted(listed)[:MAX_MODELS])}
    found = gettext("Offered here: %(offered)s. The service lists: %(listed)s.") % facts
    if unknown := [model_id for model_id in offered if model_id not in listed]:
        fix = gettext("%s may be misspelled or withdrawn. Try it, or change CHAT_MODELS.")
        command = f'python manage.py try_inference --model {unknown[0]} "Hello"'
        return yellow(found, fix % ", ".join(unknown), command)
    return green(found)


async def _list_models() -> set[str]:
    """Return the ids of GET /available-models, none when the answer isn't such a list."""
    try:
        response, body = await service_calls.get("/available-models")
        entries = json.loads(body) if response.is_success else []
    except (httpx.HTTPError, aiohttp.ClientError, ValueError, RecursionError):
        return set()
    if not isinstance(entries, list):
        return set()
    ids = (entry.get("model_id") for entry in entries if isinstance(entry, dict))
    return {one for one in ids if isinstance(one, str) and MODEL_ID.fullmatch(one)}


async def check_streaming() -> Result:
    """Return whether text arrives as it is written. A proxy may collect it until the end."""
    if result := service_calls.not_configured():
        return result
    model = next(iter(settings.CATALOG.values()))
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
