"""Images reach the model: as a link that the service fetches from us, and as bytes.

The service is shown a small red square in every form that the configuration allows. A link counts
when it was really fetched: a service may answer without looking.
"""

import asyncio
import base64
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from chatapp.doctor import asking
from chatapp.doctor.commands import config, heroku
from chatapp.doctor.models import SentLink
from chatapp.doctor.own_thread import in_own_thread
from chatapp.doctor.result import Result, green, note, red, yellow
from chatapp.inference import InferenceError, Model
from chatapp.inference.errors import ImageRejected
from chatapp.inference.probe import red_png

SIDE = 64  # pixels
QUESTION = "Which colour is this? One word."
INLINE = "CHAT_IMAGE_DELIVERY=inline"
METADATA = "labs:enable runtime-dyno-metadata"


@dataclass(frozen=True, slots=True)
class Tried:
    failure: InferenceError | None
    fetches: int = 0


async def look() -> Result:
    if line := asking.nobody():
        return line
    model = next((one for one in settings.CATALOG.values() if one.vision), None)
    if model is None:
        return note(gettext("None of the models on offer looks at images."))
    by_link = bool(settings.PUBLIC_ORIGIN) and settings.IMAGE_DELIVERY != "inline"
    if not by_link:
        return _inline_line(await _inline(model))
    if settings.IMAGE_DELIVERY == "link":
        return _link_line(await _link(model), None)
    return _link_line(*await asyncio.gather(_link(model), _inline(model)))


def test_image() -> bytes:
    return red_png(SIDE)


async def _inline(model: Model) -> Tried:
    content = base64.b64encode(test_image()).decode("ascii")
    return await _ask(model, f"data:image/png;base64,{content}")


async def _link(model: Model) -> Tried:
    link_id = await in_own_thread(_new_link)
    try:
        path = reverse("doctor-image", args=[link_id])
        tried = await _ask(model, f"{settings.PUBLIC_ORIGIN}{path}")
    finally:
        fetches = await in_own_thread(lambda: _spent(link_id))
    return Tried(tried.failure, fetches)


async def _ask(model: Model, url: str) -> Tried:
    seen = await asking.ask(model, QUESTION, 1, url)
    return Tried(None if seen.accepted else seen.failure)


def _new_link() -> uuid.UUID:
    SentLink.objects.expired().delete()
    return SentLink.objects.create().pk


def _spent(link_id: uuid.UUID) -> int:
    link = SentLink.objects.get(pk=link_id)
    link.delete()
    return link.fetches


def _inline_line(inline: Tried) -> Result:
    if not inline.failure:
        return green(gettext("The service takes images as bytes."))
    line = asking.same_trouble(inline.failure)
    if isinstance(inline.failure, ImageRejected) and not settings.PUBLIC_ORIGIN:
        fix = gettext(
            "The service wants links, and this app does not know the address at which it can be "
            "reached: let it know its name, or set CHAT_PUBLIC_ORIGIN."
        )
        return red(line.found, fix, heroku(METADATA))
    return line


def _link_line(link: Tried, inline: Tried | None) -> Result:
    """`inline` is None where the configuration wants links only."""
    if link.failure and (inline is None or inline.failure):
        return asking.same_trouble(link.failure)
    fix = gettext("Send the bytes, which the service takes.") if _works(inline) else ""
    command = config(INLINE) if _works(inline) else ""
    if link.failure:
        found = gettext("The service does not take our links: %s") % link.failure.translated(
            gettext
        )
        return yellow(found, fix, command)
    if not link.fetches:
        found = gettext("The service answered without fetching the image from our link.")
        return yellow(found, fix or gettext("Can %s be reached?") % settings.PUBLIC_ORIGIN, command)
    found = ngettext(
        "The service fetched our link %s time.",
        "The service fetched our link %s times.",
        link.fetches,
    )
    bytes_too = " " + gettext("It takes bytes too.") if _works(inline) else ""
    return green(found % link.fetches + bytes_too)


def _works(tried: Tried | None) -> bool:
    return tried is not None and tried.failure is None
