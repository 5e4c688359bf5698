"""Images reach the model as a link, which the service fetches from us, or inline as bytes.

The service gets a small red square in every form that the configuration allows. A link counts only
when it was really fetched: a service may answer without looking.
"""

import asyncio
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from chatapp.diagnostics import service_calls
from chatapp.diagnostics.models import ImageLink
from chatapp.diagnostics.results import Result, green, heroku, note, red, set_config, yellow
from chatapp.diagnostics.runner import in_own_thread
from chatapp.inference import InferenceError, Model
from chatapp.inference.errors import ImageRejected
from chatapp.inference.sample_requests import image_request, inline_url, sample_image
from chatapp.retirement import offers

SEND_INLINE = "CHAT_IMAGE_DELIVERY=inline"
METADATA = "labs:enable runtime-dyno-metadata"


@dataclass(frozen=True, slots=True)
class Attempt:
    failure: InferenceError | None
    fetches: int = 0  # of a link


async def check_images() -> Result:
    if result := service_calls.not_configured():
        return result
    model = next((one for one in offers.offered().values() if one.vision), None)
    if model is None:
        return note(gettext("Not checked, because no model here accepts images."))
    by_link = bool(settings.PUBLIC_ORIGIN) and settings.IMAGE_DELIVERY != "inline"
    if not by_link:
        return _inline_result(await _try_inline(model))
    if settings.IMAGE_DELIVERY == "link":
        return _link_result(await _try_link(model), None)
    return _link_result(*await asyncio.gather(_try_link(model), _try_inline(model)))


async def _try_inline(model: Model) -> Attempt:
    return Attempt(await _ask(model, inline_url(sample_image())))


async def _try_link(model: Model) -> Attempt:
    link_id = await in_own_thread(_create_link)
    try:
        path = reverse("diagnostics-image", args=[link_id])
        failure = await _ask(model, f"{settings.PUBLIC_ORIGIN}{path}")
    finally:
        fetches = await in_own_thread(lambda: _remove_link(link_id))
    return Attempt(failure, fetches)


async def _ask(model: Model, url: str) -> InferenceError | None:
    seen = await service_calls.ask(model, image_request(model, url, 1))
    return None if seen.accepted else seen.failure


def _create_link() -> uuid.UUID:
    ImageLink.objects.expired().delete()
    return ImageLink.objects.create().pk


def _remove_link(link_id: uuid.UUID) -> int:
    """Return how often it was fetched."""
    link = ImageLink.objects.get(pk=link_id)
    link.delete()
    return link.fetches


def _inline_result(inline: Attempt) -> Result:
    if not inline.failure:
        return green(gettext("The service accepts images inline."))
    result = service_calls.explain_again(inline.failure)
    if isinstance(inline.failure, ImageRejected) and not settings.PUBLIC_ORIGIN:
        fix = gettext(
            "The service accepts only links, and this app doesn't know its public address. Give "
            "the app its name, or set CHAT_PUBLIC_ORIGIN."
        )
        return red(result.found, fix, heroku(METADATA))
    return result


def _link_result(link: Attempt, inline: Attempt | None) -> Result:
    """`inline` is None where the configuration allows only links."""
    inline_works = inline is not None and inline.failure is None
    if link.failure and not inline_works:
        return service_calls.explain_again(link.failure)
    fix = gettext("Send images inline, which works.") if inline_works else ""
    command = set_config(SEND_INLINE) if inline_works else ""
    if link.failure:
        found = gettext("The service doesn't accept our links: %s")
        found %= link.failure.translated(gettext)
        return yellow(found, fix, command)
    if not link.fetches:
        found = gettext("The service answered without fetching the image from our link.")
        fix = fix or gettext("Check that %s can be reached.") % settings.PUBLIC_ORIGIN
        return yellow(found, fix, command)
    found = ngettext(
        "The service fetched our link %s time.",
        "The service fetched our link %s times.",
        link.fetches,
    )
    inline_too = " " + gettext("It accepts images inline too.") if inline_works else ""
    return green(found % link.fetches + inline_too)
