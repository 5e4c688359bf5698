"""What to try when the model service rejects an image, so that no conversation gets stuck."""

import logging
from dataclasses import dataclass

from django.utils.translation import gettext

from chatapp import background
from chatapp.conversations import events
from chatapp.conversations.models import Attachment
from chatapp.inference import CompletionRequest, InferenceError
from chatapp.inference.errors import ImageRejected
from chatapp.replies.accounting import CapReached, NewCall
from chatapp.replies.line import Urgency
from chatapp.replies.prompt import building, image_delivery
from chatapp.replies.prompt.building import Prompt
from chatapp.replies.prompt.image_urls import Holder
from chatapp.replies.short_calls import ShortCall

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Retry:
    """What to send instead; `excluded` is None when only the delivery of the images changed."""

    prompt: Prompt
    excluded: Holder | None = None


async def retry(prompt: Prompt, error: ImageRejected) -> Retry | None:
    """Return another way to ask the same: with the other image delivery, then without the one at
    fault. None when no image is left that could be at fault."""
    if delivery := _other_delivery(prompt):
        logger.warning("Images were refused as %s, trying %s", prompt.delivery, delivery)
        return Retry(await background.in_thread(building.reply_prompt, prompt.reply, delivery))
    culprit = await _culprit(prompt)
    if culprit is None:
        return None
    await background.in_thread(_exclude, culprit, error)
    return Retry(await background.in_thread(building.reply_prompt, prompt.reply), culprit)


def accepted(prompt: Prompt) -> None:
    """Remember that the service has answered a request with these images."""
    if any(holder.image for holder in prompt.images):
        image_delivery.remember(prompt.request.model, prompt.delivery)


def _other_delivery(prompt: Prompt) -> image_delivery.Delivery | None:
    """Return the delivery after the one that was tried, if an image is ours to send."""
    rest = image_delivery.deliveries(prompt.request.model)
    later = rest[rest.index(prompt.delivery) + 1 :] if prompt.delivery in rest else ()
    ours = any(holder.image for holder in prompt.images)
    return later[0] if later and ours else None


async def _culprit(prompt: Prompt) -> Holder | None:
    """Return the image that is rejected on its own too, by every delivery.

    Links rot and are tried first, then the newest; when each is accepted alone, the scanned pages
    of the newest document go, or else the newest image.
    """
    newest_first = prompt.images[::-1]
    suspects = [holder for holder in newest_first if holder.link]
    suspects += [holder for holder in newest_first if holder.image]
    scanned = prompt.scanned[::-1]
    if len(suspects) + len(scanned) > 1:
        for suspect in suspects:
            if await _is_refused(prompt, suspect):
                return suspect
    return next(iter((*scanned, *suspects)), None)


async def _is_refused(prompt: Prompt, suspect: Holder) -> bool:
    model = prompt.request.model
    for delivery in image_delivery.deliveries(model):
        request = await background.in_thread(building.image_request, model, suspect, delivery)
        try:
            if request:
                await _try(prompt, request)
        except ImageRejected:
            continue
        except (InferenceError, CapReached) as error:
            # This error says nothing about the image.
            logger.warning("An image could not be tried: %s", type(error).__name__)
        else:
            if suspect.image:
                image_delivery.remember(model, delivery)
        return False
    return True


async def _try(prompt: Prompt, request: CompletionRequest) -> None:
    """Send a request whose answer nobody needs. Raises InferenceError, CapReached."""
    reply = prompt.reply
    new = NewCall("image_test", request, conversation=reply.conversation, reply_id=reply.pk)
    call = await ShortCall.begin(new, Urgency.TEST)
    try:
        await call.answer()
    finally:
        await background.in_thread(call.settle)


def _exclude(holder: Holder, error: ImageRejected) -> None:
    holder.refuse(error.detail or gettext(error.reason))
    if isinstance(holder, Attachment) and holder.message:
        events.message_changed(holder.message)
