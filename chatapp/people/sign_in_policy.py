"""What the owner requires of each role at sign-in, and who already has it."""

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.models import Person, SignInPolicy
from chatapp.accounts.roles import Role
from chatapp.accounts.two_step.requirement import SECOND_STEPS
from chatapp.audit.models import Action, Entry

LABELS = {
    Role.OWNER: _("You, the owner"),
    Role.ADMIN: _("Admins"),
    Role.MEMBER: _("Members"),
    Role.GUEST: _("Guests"),
}


@dataclass(slots=True)
class Count:
    """How many active people have a role, and how many of them a second step."""

    people: int = 0
    ready: int = 0


class SignInPolicyForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Required for"),
        choices=[(str(role), label) for role, label in LABELS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"roles": sorted(required_roles())})

    @property
    def rows(self) -> list[tuple[Any, Count]]:
        """Return each checkbox with the people whom it concerns."""
        counts = counts_by_role()
        return [(box, counts[Role(box.data["value"])]) for box in self["roles"]]

    @transaction.atomic
    def save(self, request: HttpRequest) -> None:
        """Store the policy, which counts at the next request of everybody."""
        chosen = set(self.cleaned_data["roles"])
        if chosen == required_roles():
            return
        for role in Role:
            SignInPolicy.objects.update_or_create(
                role=role, defaults={"two_step_required": role in chosen}
            )
        actor = request.user
        Entry.objects.record(
            Action.POLICY_CHANGED, actor, request=request, two_step_required=sorted(chosen)
        )


def required_roles() -> set[str]:
    rows = SignInPolicy.objects.filter(two_step_required=True)
    return set(rows.values_list("role", flat=True))


def counts_by_role() -> dict[Role, Count]:
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_STEPS)
    people = Person.objects.filter(is_active=True).annotate(is_ready=Exists(factors))
    counts = {role: Count() for role in Role}
    for person in people.only("is_owner", "assigned_role"):
        count = counts[person.role]
        count.people += 1
        count.ready += person.is_ready
    return counts
