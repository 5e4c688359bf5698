"""What the person of a page may do to another one, for `people/_actions.html`."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, allows, manages
from chatapp.people.deletion import days_left
from chatapp.people.forms import RoleForm

register = template.Library()


@dataclass(frozen=True, slots=True)
class Actions:
    """`role_form` is None for whoever may not change this person."""

    role_form: RoleForm | None
    may_transfer: bool
    days_left: int  # to undo a deletion


@register.simple_tag(takes_context=True)
def actions_for(context: template.Context, person: Person) -> Actions:
    actor: Any = context["request"].user
    is_managed = manages(actor, person)
    may_transfer = allows(actor, Permission.TRANSFER_OWNERSHIP) and person.pk != actor.pk
    return Actions(
        role_form=RoleForm(actor, person) if is_managed else None,
        may_transfer=may_transfer and person.is_active,
        days_left=days_left(person, timezone.now()) if is_managed else 0,
    )
