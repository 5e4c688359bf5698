"""The model service can be reached and takes the key: one real answer of one token."""

import time

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from chatapp.doctor import asking
from chatapp.doctor.result import Result, green, red, yellow

REAL = gettext_noop("Point the app at a real model.")


async def look() -> Result:
    if settings.SERVICE.kind == "none":
        return not_configured()
    model = next(iter(settings.CATALOG.values()))
    begun = time.monotonic()
    seen = await asking.ask(model, "Say yes.", 1)
    if seen.failure and not seen.accepted:
        return asking.trouble(seen.failure)
    if settings.SERVICE.kind == "demo":
        return yellow(
            f"{settings.SERVICE.translated(gettext)}.", gettext(REAL), asking.connecting()
        )
    words = {
        "service": settings.SERVICE.translated(gettext),
        "model": model.id,
        "seconds": f"{time.monotonic() - begun:.1f}",
    }
    return green(gettext("%(service)s: %(model)s answered within %(seconds)s s.") % words)


def not_configured() -> Result:
    if settings.ON_DYNO:
        fix = gettext("Add the model service, which sets INFERENCE_URL and INFERENCE_KEY.")
        return red(gettext("No model service is configured."), fix, asking.connecting())
    found = gettext("No model service is configured; under `make run` the demo model answers.")
    return yellow(found, gettext(REAL), asking.connecting())
