"""People. Everybody signs in by email; one person is the owner of the instance."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.my_account.personal_instructions import (
    PersonalInstructions as PersonalInstructions,
)
from chatapp.accounts.my_account.sign_in import SignIn as SignIn
from chatapp.accounts.permissions import assignable_roles
from chatapp.accounts.roles import Role
from chatapp.server.columns import JSONField
from chatapp.server.valid_text import make_valid


class OwnerExists(Exception):
    """Report that somebody else has become the owner in the meantime."""


class PersonManager(BaseUserManager["Person"]):
    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Return an email as it is stored and looked up, however it was typed."""
        return (email or "").strip().lower()

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Create the owner. Django's `createsuperuser` calls this, and shows a ValidationError."""
        if make_valid(email + (password or "")) != email + (password or ""):
            raise ValidationError("The email or the password isn't valid text.")
        if password is not None:
            validate_password(password, self.model(email=email))
        try:
            return self.create_owner(email, password, **fields)
        except OwnerExists as error:
            raise ValidationError("This site has an owner already.") from error

    def create_owner(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Create the first account, the owner's.

        Raises OwnerExists if there is an owner. The database allows only one, so one of several
        racing callers wins.
        """
        try:
            with transaction.atomic():
                return self.create_user(email, password, is_owner=True, **fields)
        except IntegrityError as error:
            raise OwnerExists from error

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=self.normalize_email(username))


class Person(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("Email"), unique=True)
    is_active = models.BooleanField(default=True)
    is_owner = models.BooleanField(default=False)
    # Of everybody but the owner, whose role is what `is_owner` says.
    assigned_role = models.CharField(
        max_length=10,
        choices=[each for each in Role.choices if each[0] != Role.OWNER],
        default=Role.MEMBER,
        db_default=Role.MEMBER,
    )
    name = models.CharField(_("Name"), max_length=80, blank=True, db_default="")
    # Ids of the models that a guest may use.
    allowed_models = JSONField(default=list, blank=True, db_default=Value([], JSONField()))
    last_seen_at = models.DateTimeField(null=True, editable=False)
    # Since then they can't sign in, until somebody reactivates them.
    deactivated_at = models.DateTimeField(null=True, editable=False)
    # Since then they and all that is theirs are gone for everybody; `people.removal` deletes it.
    deleted_at = models.DateTimeField(null=True, editable=False)
    # When their role or their access changed last, by the clock of the database.
    access_changed_at = models.DateTimeField(null=True, editable=False, db_index=True)
    # Sessions of an earlier version have ended.
    session_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # A key of the time zone database: the chosen one, or as the browser last reported it.
    time_zone = models.CharField(max_length=64, default="UTC", db_default="UTC")
    # Empty: whatever the browser reports.
    chosen_time_zone = models.CharField(max_length=64, blank=True, db_default="")
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_owner"], condition=models.Q(is_owner=True), name="one_owner"
            )
        ]

    def __str__(self: Self) -> str:
        return self.email

    @property
    def role(self) -> Role:
        return Role.OWNER if self.is_owner else Role(self.assigned_role)

    @property
    def label(self) -> str:
        """Return the name, or the email of a person who hasn't given one."""
        return self.name or self.email

    def get_session_auth_hash(self) -> str:
        return self._of_version(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return map(self._of_version, super().get_session_auth_fallback_hash())

    def _of_version(self, digest: str) -> str:
        """Return what a session stores, so that a higher version ends it. 0 is as it always was."""
        return f"{digest}{self.session_version or ''}"


class LinkRequestManager(models.Manager["LinkRequest"]):
    def record(self, person: Person) -> None:
        self.update_or_create(person=person, defaults={"requested_at": timezone.now()})

    def open(self) -> "models.QuerySet[LinkRequest]":
        """Return the requests that are recent enough to be answered with a link, newest first."""
        begin = timezone.now() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        recent = self.filter(requested_at__gt=begin, person__is_active=True)
        return recent.select_related("person").order_by("-requested_at")

    def open_for(self, actor: Person) -> "models.QuerySet[LinkRequest]":
        """Return those of whom this person manages: a link is as good as the password.

        Nobody answers their own; the owner has the command `password_link`.
        """
        managed = self.open().filter(person__assigned_role__in=assignable_roles(actor))
        return managed.filter(person__is_owner=False).exclude(person=actor.pk)


class LinkRequest(models.Model):
    """Record that a person forgot a password, when there is no email server to send a link."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True)
    requested_at = models.DateTimeField()

    objects: ClassVar[LinkRequestManager] = LinkRequestManager()

    def __str__(self) -> str:
        return f"{self.person}, {self.requested_at}"


class AttemptManager(models.Manager["AttemptCount"]):
    def take(self, key: str, limit: int, window: timedelta) -> bool:
        """Count one more attempt; return False, without counting it, when there were too many.

        Attempts at the same instant, also in different processes, never exceed the limit: each
        counts by an update that applies only below it.
        """
        now = timezone.now()
        if self._count(key, limit, now):
            return True
        # There is no count yet, its window has ended, or it is at the limit.
        fresh = AttemptCount(key=key, ends_at=now + window)
        self.bulk_create([fresh], ignore_conflicts=True)
        self.filter(key=key, ends_at__lte=now).update(count=0, ends_at=now + window)
        return self._count(key, limit, now)

    def give_back(self, key: str) -> None:
        self.filter(key=key, count__gt=0).update(count=models.F("count") - 1)

    def remove_ended(self) -> None:
        self.filter(ends_at__lte=timezone.now()).delete()

    def _count(self, key: str, limit: int, now: datetime) -> bool:
        open_windows = self.filter(key=key, ends_at__gt=now, count__lt=limit)
        return bool(open_windows.update(count=models.F("count") + 1))


class AttemptCount(models.Model):
    """Count attempts of one kind: wrong passwords for an account from an address, for example."""

    key = models.CharField(max_length=64, primary_key=True)  # of `attempts.Limit`
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)  # end of the window, which begins anew afterwards

    objects: ClassVar[AttemptManager] = AttemptManager()

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at}"


class SignInPolicy(models.Model):
    """What the owner requires of people with a role when they sign in."""

    role = models.CharField(max_length=10, primary_key=True, choices=Role.choices)
    two_step_required = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.role
