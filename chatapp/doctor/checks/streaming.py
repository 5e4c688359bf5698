"""Words arrive as they are written, not all at the end: something in between may collect them."""

from django.conf import settings
from django.utils.translation import gettext

from chatapp.doctor import asking
from chatapp.doctor.result import Result, green, note, yellow

QUESTION = "Count from 1 to 20 in words, separated by commas."
TOKENS = 48
HELD_BACK = 0.05  # seconds from first to last piece; a model takes ten times as long for so much
AT_ONCE = 0.5  # seconds; an answer that is whole within this may well have been written so fast


async def look() -> Result:
    if line := asking.nobody():
        return line
    seen = await asking.ask(next(iter(settings.CATALOG.values())), QUESTION, TOKENS)
    if seen.failure and not seen.accepted:
        return asking.same_trouble(seen.failure)
    if not seen.arrivals:
        return note(gettext("The answer had no words, so nothing can be said of it."))
    first, last = seen.arrivals[0], seen.arrivals[-1]
    words = {"pieces": len(seen.arrivals), "first": f"{first:.2f}", "last": f"{last:.2f}"}
    found = gettext("%(pieces)s pieces, the first after %(first)s s, the last after %(last)s s.")
    if last - first < HELD_BACK and last > AT_ONCE:
        fix = gettext(
            "The answer was held back and came all at once: something between this app and the "
            "model collects it. INFERENCE_URL should lead to the service itself."
        )
        return yellow(found % words, fix)
    return green(found % words)
