"""How an image reaches the model: as a link that the service fetches, or as inline bytes.

The documented delivery is the link, which needs an address that the service can reach. Which one a
service really accepts isn't known: one is tried after the other, and what was accepted is kept
among the other facts about the model, to be tried first.
"""

import base64
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from chatapp.images.models import Image
from chatapp.inference.knowledge import Learned
from chatapp.replies import learning

Delivery = Literal["link", "inline"]

LINK_SECONDS = 15 * 60  # a request may wait and be retried before the service fetches the link
SIGNER = signing.TimestampSigner(salt="image-for-the-model")


def deliveries(model: str) -> tuple[Delivery, ...]:
    """Return the deliveries to try with this model, best first.

    Without a public origin nobody can fetch from this site.
    """
    if settings.IMAGE_DELIVERY != "auto":
        return ("link",) if settings.IMAGE_DELIVERY == "link" else ("inline",)
    if not settings.PUBLIC_ORIGIN:
        return ("inline",)
    # The other one stays: an address that was reachable may no longer be.
    is_inline = learning.known(model).image_delivery == "inline"
    return ("inline", "link") if is_inline else ("link", "inline")


def remember(model: str, delivery: Delivery) -> None:
    """Remember that the model has got an image by this delivery, where there is a choice."""
    if len(deliveries(model)) > 1:
        learning.learn(model, Learned(image_delivery=delivery))


def link(image: Image) -> str:
    """Return an HTTPS URL of the image that works without signing in, for LINK_SECONDS."""
    token = SIGNER.sign(image.pk.hex)
    return settings.PUBLIC_ORIGIN + reverse("image-for-model", args=[token])


def linked(token: str) -> UUID | None:
    """Return the image that a link names; None when it has expired or was tampered with."""
    try:
        return UUID(SIGNER.unsign(token, max_age=LINK_SECONDS))
    except (signing.BadSignature, ValueError):
        return None


def data_url(image: Image, content: bytes) -> str:
    return f"data:{image.content_type};base64,{base64.b64encode(content).decode('ascii')}"
