"""People. Everybody signs in by email; one person is the owner of the instance."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OwnerExists(Exception):
    """Report that somebody else has become the owner in the meantime."""


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Create the owner. Django's `createsuperuser` calls this."""
        return self.create_owner(email, password, **fields)

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
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("Email"), unique=True)
    is_active = models.BooleanField(default=True)
    is_owner = models.BooleanField(default=False)
    # A key of the time zone database, as the browser last reported it.
    time_zone = models.CharField(max_length=64, default="UTC", db_default="UTC")
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


class LinkRequestManager(models.Manager["LinkRequest"]):
    def record(self, person: Person) -> None:
        self.update_or_create(person=person, defaults={"requested_at": timezone.now()})

    def open(self) -> "models.QuerySet[LinkRequest]":
        """Return the requests that are recent enough to be answered with a link, newest first."""
        begin = timezone.now() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        return (
            self.filter(requested_at__gt=begin).select_related("person").order_by("-requested_at")
        )


class LinkRequest(models.Model):
    """Record that a person forgot a password, when there is no email server to send a link."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True)
    requested_at = models.DateTimeField()

    objects: ClassVar[LinkRequestManager] = LinkRequestManager()

    def __str__(self) -> str:
        return f"{self.person}, {self.requested_at}"
