"""Invitations: links with which one person each makes an account."""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import assignable_roles
from chatapp.accounts.roles import Role
from chatapp.audit.models import Action, Entry
from chatapp.people.tokens import digest_of, new_token
from chatapp.server.columns import JSONField

MAX_OPEN = 200  # invitations of the instance at a time
DIGEST_LENGTH = 64  # hex characters


class AlreadyMade(Exception):
    """Report that the same form was sent before, whose link was shown."""


class TooManyInvitations(Exception):
    """Report that as many invitations are open as there may be."""


class InvitationManager(models.Manager["Invitation"]):
    def make(self, invitation: "Invitation", days: int, request: HttpRequest) -> str:
        """Store a new invitation and return its token, which nothing can tell later.

        Raises AlreadyMade and TooManyInvitations.
        """
        token = new_token()
        invitation.token_digest = digest_of(token)
        invitation.ends_at = timezone.now() + timedelta(days=days)
        self.filter(ends_at__lte=timezone.now()).delete()
        if self.filter(pk=invitation.pk).exists():
            raise AlreadyMade
        if self.count() >= MAX_OPEN:
            raise TooManyInvitations
        try:
            with transaction.atomic():
                invitation.save(force_insert=True)
                invitation.record(Action.INVITED, invitation.made_by, request)
        except IntegrityError as error:  # a double click
            raise AlreadyMade from error
        return token

    def find(self, token: str) -> "Invitation | None":
        """Return the invitation with this link, None if it doesn't work (any more)."""
        rows = self.select_related("made_by").filter(token_digest=digest_of(token))
        found = rows.first()
        return found if found and found.works else None

    def managed_by(self, person: Person) -> "models.QuerySet[Invitation]":
        """Return the invitations that a person may revoke, the newest first."""
        rows = self.select_related("made_by").filter(role__in=assignable_roles(person))
        return rows.order_by("-made_at")


class Invitation(models.Model):
    """An open invitation. Joining and revoking delete the row."""

    # Made by the page with the form, so that one form makes one invitation.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True, editable=False)
    role = models.CharField(
        max_length=10, choices=[each for each in Role.choices if each[0] != Role.OWNER]
    )
    allowed_models = JSONField(default=list)  # of a guest: ids of models
    email = models.EmailField(blank=True)  # to which the link was sent
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    ends_at = models.DateTimeField()

    objects: ClassVar[InvitationManager] = InvitationManager()

    def __str__(self) -> str:
        return f"{self.role} until {self.ends_at:%Y-%m-%d %H:%M}"

    @property
    def works(self) -> bool:
        """Return whether it is open, and its maker may still invite people with this role.

        Links of somebody who was deactivated or is no admin any more let nobody in.
        """
        return self.ends_at > timezone.now() and self.role in assignable_roles(self.made_by)

    def revoke(self, person: Person, request: HttpRequest) -> None:
        """End it at once. Revoking it twice changes nothing."""
        with transaction.atomic():
            if self.close():
                self.record(Action.INVITATION_REVOKED, person, request)

    def close(self) -> bool:
        """Delete the row; False if somebody else did. Of several at once, one gets True."""
        count, _by_model = Invitation.objects.filter(pk=self.pk).delete()
        return bool(count)

    def record(self, action: Action, person: Person, request: HttpRequest) -> None:
        Entry.objects.record(action, person, subject=self.email, request=request, role=self.role)
