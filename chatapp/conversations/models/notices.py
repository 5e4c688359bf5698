"""Sentences about how the request that was sent differs from what was asked for."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from chatapp.retirement import offers

# About money, which is no change that a service asked for.
CAP_LIMITED, CAP_NEAR = "cap_limited", "cap_near"
SENTENCES: dict[str, Any] = {
    "turns_excluded": ngettext_lazy(
        "This conversation is longer than the model can read. Its oldest turn was excluded.",
        "This conversation is longer than the model can read. "
        "Its %(count)s oldest turns were excluded.",
        "count",
    ),
    "pages_excluded": ngettext_lazy(
        "One page of your documents isn't in the request. The model can read it if it needs to.",
        "%(count)s pages of your documents aren't in the request. "
        "The model can read those that it needs.",
        "count",
    ),
    "scans_excluded": ngettext_lazy(
        "One scanned page of your documents isn't in the request, which has room for some images "
        "only. Send that page in a file of its own.",
        "%(count)s scanned pages of your documents aren't in the request, which has room for some "
        "images only. Send those pages in a file of their own.",
        "count",
    ),
    "images_excluded": ngettext_lazy(
        "One earlier image was excluded.", "%(count)s earlier images were excluded.", "count"
    ),
    "images_unsupported": ngettext_lazy(
        "This model can't see images. One was excluded.",
        "This model can't see images. %(count)s were excluded.",
        "count",
    ),
    "images_suspected": ngettext_lazy(
        "The service failed while an image was in the request. The model answered without it.",
        "The service failed while %(count)s images were in the request. "
        "The model answered without them.",
        "count",
    ),
    "text_rewritten": gettext_lazy(
        "A content filter in front of the service refused some words. "
        "The model got a copy with these words split up."
    ),
    "output_limited": gettext_lazy(
        "The service accepts answers of at most %(number)s tokens from this model. "
        "A longer one can be continued."
    ),
    "model_replaced": gettext_lazy(
        "The service no longer offers the model of this chat. %(model)s answered instead."
    ),
    "sampling_off": gettext_lazy(
        "This model doesn't take a temperature or top P. It answered without them."
    ),
    "tools_off": gettext_lazy(
        "The service didn't accept tools for this request. The model answered without them."
    ),
    "thinking_off": gettext_lazy(
        "The service didn't accept thinking for this request. The model answered without it."
    ),
}


def notice_sentence(change: str, value: Any) -> str:
    """Return the sentence for a change; `value` is a count, or the model that answered. A warning
    about a cap comes as a sentence.

    A change that only another version knows is about the request too.
    """
    if change == CAP_NEAR:
        return str(value)
    if change == CAP_LIMITED:
        sentence = _(
            "A cap on spending left room for %(number)s tokens of answer. "
            "A longer one can be continued once the cap renews."
        )
        return sentence % {"number": number_format(value, force_grouping=True)}
    sentence = SENTENCES.get(change) or _(
        "The request was changed, because the service refused it."
    )
    facts: dict[str, Any] = {"count": value, "model": value}
    if change == "output_limited":
        facts["number"] = number_format(value, force_grouping=True)
    return str(sentence % facts)


def moved_on(before: str, now: str) -> dict[str, str]:
    """Return the notice of a reply whose chat went on with the model in the place of one that
    ended; empty for any other change of the model."""
    if not offers.has_ended(before):
        return {}
    model = offers.current(before)
    return {"model_replaced": model.label} if model.id == now else {}


def refused_image_sentence(name: str, why: str) -> str:
    sentence = _("The service couldn't use the image “%(name)s”, so it was excluded: %(why)s")
    return sentence % {"name": name, "why": why}
