"""What people read about caps."""

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from chatapp.spending.caps import Limit
from chatapp.spending.dollars import shown
from chatapp.spending.models import Cap
from chatapp.spending.periods import Period, renewal, zone

MAX_NAMES = 3  # of people who can raise a cap


def reached(limit: Limit, person: Person | None) -> str:
    """Return why a call isn't made, when that changes, and who can change it."""
    match limit.cap.kind:
        case Cap.Kind.OWN:
            first = _("You've reached the cap of %(amount)s that you set for %(period)s.")
        case Cap.Kind.INSTANCE:
            first = _("This site has reached its cap of %(amount)s for %(period)s.")
        case _kind:
            first = _("You've reached your cap of %(amount)s for %(period)s.")
    parts = [first % _facts(limit), _renewal(limit), _remedy(limit.cap, person)]
    return " ".join(filter(None, parts))


def refused(limit: Limit, left: int, person: Person | None) -> str:
    """Return why a call isn't made for which a cap leaves too little, or nothing."""
    if left <= 0:
        return reached(limit, person)
    match limit.cap.kind:
        case Cap.Kind.OWN:
            first = _(
                "What's left of the cap of %(amount)s that you set for %(period)s (%(left)s) isn't"
                " enough for this reply."
            )
        case Cap.Kind.INSTANCE:
            first = _(
                "What's left of this site's cap of %(amount)s for %(period)s (%(left)s) isn't"
                " enough for this reply."
            )
        case _kind:
            first = _(
                "What's left of your cap of %(amount)s for %(period)s (%(left)s) isn't enough for"
                " this reply."
            )
    facts = _facts(limit) | {"left": shown(left)}
    return " ".join(filter(None, [first % facts, _renewal(limit), _remedy(limit.cap, person)]))


def near(limit: Limit) -> str:
    """Return that most of a cap is used up."""
    match limit.cap.kind:
        case Cap.Kind.OWN:
            first = _("Most of the cap of %(amount)s that you set for %(period)s is used up.")
        case Cap.Kind.INSTANCE:
            first = _("Most of this site's cap of %(amount)s for %(period)s is used up.")
        case _kind:
            first = _("Most of your cap of %(amount)s for %(period)s is used up.")
    return f"{first % _facts(limit)} {_renewal(limit)}"


def _facts(limit: Limit) -> dict[str, str]:
    if limit.period == Period.DAY:
        period = _("today")
    else:
        period = date_format(limit.at.astimezone(zone()), "F")
    return {"amount": shown(limit.cap.amount), "period": period}


def _renewal(limit: Limit) -> str:
    facts = {
        "date": date_format(renewal(limit.period, limit.at), "DATE_FORMAT"),
        "zone": zone().key,
    }
    return _("It renews on %(date)s (time zone: %(zone)s).") % facts


def _remedy(cap: Cap, person: Person | None) -> str:
    if cap.kind == Cap.Kind.OWN or (person and person.is_owner):
        return _("You can raise it on the page “Usage”.")
    names = get_text_list(_who_can_raise(cap, person), _("or"))
    return _("%(names)s can raise it.") % {"names": names} if names else ""


def _who_can_raise(cap: Cap, person: Person | None) -> list[str]:
    """Return the names of the owner and, where they may, of admins."""
    is_below = person is not None and person.role in (Role.MEMBER, Role.GUEST)
    wanted = Q(is_owner=True)
    if is_below and cap.kind != Cap.Kind.INSTANCE:
        wanted |= Q(assigned_role=Role.ADMIN)
    people = Person.objects.filter(wanted, is_active=True).order_by("-is_owner", "date_joined")
    return [one.label for one in people[:MAX_NAMES]]
