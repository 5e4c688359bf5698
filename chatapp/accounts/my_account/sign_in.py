"""The model of a sign-in: in which browser a person is signed in, from where and since when."""

from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from chatapp.server.client_address import client_address

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

MAX_USER_AGENT = 300  # characters
# In the session's own data, because Django gives a session another key after a new password.
SESSION_FIELD = "sign_in"


class SignInManager(models.Manager["SignIn"]):
    def record(self, request: HttpRequest, person: "Person") -> None:
        """Record that a person has just signed in with the browser of a request."""
        if not request.session.session_key:
            request.session.save()
        now = timezone.now()
        values = {
            "person": person,
            "user_agent": user_agent_of(request),
            "address": client_address(request).network,
            "signed_in_at": now,
            "last_used_at": now,
        }
        # Signing in once more in the same session keeps its key.
        row, _is_new = self.update_or_create(
            session_key=request.session.session_key or "", defaults=values
        )
        request.session[SESSION_FIELD] = str(row.pk)

    def follow_key(self, request: HttpRequest) -> None:
        """Note the key that the session of a request has now."""
        if sign_in := request.session.get(SESSION_FIELD):
            self.filter(pk=sign_in).update(session_key=request.session.session_key or "")

    def remove_ended(self) -> None:
        """Delete the rows of sessions that are gone or have expired."""
        live = Session.objects.filter(expire_date__gt=timezone.now())
        self.exclude(session_key__in=live.values("session_key")).delete()

    def unrecorded(self, keys: Collection[str]) -> set[str]:
        """Return which of these sessions have no row yet."""
        rows = self.filter(session_key__in=keys)
        return set(keys) - set(rows.values_list("session_key", flat=True))


class SignIn(models.Model):
    """A session, as its person sees it. No row is needed for a session to be valid."""

    # Pages name it by this id: whoever reads the key of a session has the session.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_ins"
    )
    session_key = models.CharField(max_length=40, unique=True)
    user_agent = models.CharField(max_length=MAX_USER_AGENT, blank=True)
    address = models.CharField(max_length=50, blank=True)  # a network for IPv6
    # None for a session that is older than this table.
    signed_in_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[SignInManager] = SignInManager()

    def __str__(self) -> str:
        return f"{self.person_id} from {self.address}"


def user_agent_of(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")[:MAX_USER_AGENT]
