"""The ledger that replies, titles and diagnostics write: `replies.accounting` has the interface."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, allows
from chatapp.inference.model_names import canonical
from chatapp.replies.accounting import Call, CallUsage, CapReached, LostCall, NewCall
from chatapp.server import process_name
from chatapp.spending import caps, estimates, reservations, sentences
from chatapp.spending.caps import Limit
from chatapp.spending.estimates import WorstCase
from chatapp.spending.models import Cap, ModelCall, Purpose
from chatapp.spending.models.model_call import MICRO_DOLLARS
from chatapp.spending.prices import dearest, price_of
from chatapp.spending.reply_costs import together

MAX_ID = 100  # characters of a model's id
IN_REPLIES = (Purpose.REPLY, Purpose.TOOL_ROUND)


class Ledger:
    """Implements `replies.accounting.Ledger`."""

    def input_price(self, model: str) -> float | None:
        price = price_of(model, timezone.now())
        return price.input / MICRO_DOLLARS if price else None

    def check(self, whose: Callable[[], Person], model: str, text: str = "") -> None:
        if not caps.known():
            return
        person, at = whose(), timezone.now()
        least = estimates.least_cost(model, text, at)
        try:
            if least and (limits := caps.limits_of(person, at)):
                reservations.check(limits, least)
        except reservations.NoRoom as error:
            raise CapReached(sentences.refused(error.limit, error.left, person)) from error

    def begin(self, new: NewCall) -> Call:
        at = timezone.now()
        worst = WorstCase.of(new.request, at)
        row = _row(new, worst, at)
        if not worst.cost:
            row.save(force_insert=True)
            return Call(new.request, row)
        person = _payer(new) if caps.known() else None
        limits = caps.limits_of(person, at)
        if reservations.record(row, limits, _announced(new, limits, person)):
            return Call(new.request, row)
        caps.refresh()
        return _within_caps(new, row, worst)

    def settle(self, ended: Sequence[tuple[Call, CallUsage]]) -> str:
        costs = _settle([(call.row, used) for call, used in ended], ModelCall.State.ENDED)
        return together(costs, is_estimated=any(used.is_estimated for _call, used in ended))

    def unsettled(self, reply_id: UUID) -> list[LostCall]:
        rows = ModelCall.objects.running().filter(reply_id=reply_id).order_by("begun_at")
        own = rows.filter(purpose__in=IN_REPLIES)
        return [
            LostCall(row, row.expected_input, row.text_before, row.reasoning_before) for row in own
        ]

    def settle_lost(self, lost: Sequence[tuple[LostCall, CallUsage]]) -> None:
        _settle([(call.row, used) for call, used in lost], ModelCall.State.LOST)


def settle_abandoned(rows: Sequence[ModelCall], *, were_sent: bool) -> None:
    """Settle calls that nobody can estimate by a text: at the most that they can have used, or at
    nothing when they were never sent."""
    for row in rows:
        used = CallUsage(row.expected_input, row.max_output, is_estimated=True)
        _settle([(row, used if were_sent else CallUsage())], ModelCall.State.LOST)


@transaction.atomic
def _within_caps(new: NewCall, row: ModelCall, worst: WorstCase) -> Call:
    """Record a call for which its caps leave room, with as long an answer as they allow."""
    person = _payer(new)
    limits = caps.limits_of(person, row.begun_at)
    if not limits:
        row.save(force_insert=True)
        return Call(new.request, row)
    announced = _announced(new, limits, person)
    try:
        amount, near = reservations.reserve(limits, worst.cost, worst.least_cost, announced)
    except reservations.NoRoom as error:
        raise CapReached(sentences.refused(error.limit, error.left, person)) from error
    request = new.request
    notices: dict[str, Any] = {}
    if amount < worst.cost:
        row.max_output = worst.output_within(amount)
        request = estimates.shortened(request, row.max_output)
        notices["cap_limited"] = row.max_output
    if near:
        notices["cap_near"] = " ".join(map(sentences.near, near))
    row.reserved = amount
    row.save(force_insert=True)
    return Call(request, row, notices)


def _payer(new: NewCall) -> Person | None:
    return new.conversation.owner if new.conversation else new.person


def _announced(new: NewCall, limits: dict[str, Limit], person: Person | None) -> list[str]:
    """Return the keys of caps about which a reply can tell: of the site's only to those who see
    what everybody uses."""
    if person is None or new.purpose not in IN_REPLIES:
        return []
    sees_site = allows(person, Permission.SEE_ALL_USAGE)
    return [key for key, one in limits.items() if sees_site or one.cap.kind != Cap.Kind.INSTANCE]


def _row(new: NewCall, worst: WorstCase, at: datetime) -> ModelCall:
    conversation, person, price = new.conversation, new.person, worst.price
    person_id = person.pk if person else None
    return ModelCall(
        person_id=conversation.owner_id if conversation else person_id,
        conversation_id=conversation.pk if conversation else None,
        reply_id=new.reply_id,
        purpose=new.purpose,
        model_asked=new.request.model[:MAX_ID],
        model=canonical(new.request.model)[:MAX_ID],
        input_price=price.input if price else None,
        output_price=price.output if price else None,
        price_version=price.version if price else "",
        reserved=worst.cost,
        begun_at=at,
        made_by=process_name.NAME,
        expected_input=worst.expected_input,
        max_output=worst.max_output,
        text_before=new.text_before,
        reasoning_before=new.reasoning_before,
    )


@transaction.atomic(savepoint=False)
def _settle(ended: Sequence[tuple[ModelCall, CallUsage]], state: str) -> list[int | None]:
    """Write what calls used, in the transaction that they end in, and return what each costs. Those
    that somebody has settled stay as they are, and have no cost here."""
    costs = []
    for row, used in ended:
        values = _settled(row, used) | {"state": state, "ended_at": timezone.now()}
        is_settled = ModelCall.objects.running().filter(pk=row.pk).update(**values)
        costs.append(values["cost"] if is_settled else None)
    return costs


def _settled(row: ModelCall, used: CallUsage) -> dict[str, Any]:
    """Return the columns of a call that has ended. A price is that of the time when it began, and
    of the model that answered; without one, caps count the dearest."""
    answered = used.model or row.model_asked
    price = price_of(answered, row.begun_at)
    assumed = price or dearest(row.begun_at)
    cost = assumed.cost(used.input_tokens, used.output_tokens)
    return {
        "model_answered": answered[:MAX_ID],
        "model": canonical(answered)[:MAX_ID],
        "input_tokens": used.input_tokens,
        "output_tokens": used.output_tokens,
        "cached_tokens": min(used.cached_tokens, used.input_tokens),
        "thinking_tokens": min(used.thinking_tokens, used.output_tokens),
        "is_estimated": used.is_estimated,
        "input_price": price.input if price else None,
        "output_price": price.output if price else None,
        "price_version": price.version if price else "",
        "cost": cost if price else None,
        "reserved": row.reserved if price else cost,
    }
