"""What a person has set up for the second step of signing in."""

from dataclasses import dataclass, field
from datetime import datetime

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator

from chatapp.accounts.models import Person
from chatapp.accounts.two_step.requirement import is_two_step_required


@dataclass(frozen=True, slots=True)
class Passkey:
    pk: int
    name: str
    added_at: datetime
    last_used_at: datetime | None


@dataclass(slots=True)
class TwoStepState:
    """`codes_since` is when an authenticator app was set up; None without one."""

    is_required: bool
    codes_since: datetime | None = None
    codes_used_at: datetime | None = None
    passkeys: list[Passkey] = field(default_factory=list)
    recovery_codes_left: int = 0

    @property
    def is_on(self) -> bool:
        return bool(self.codes_since or self.passkeys)

    @property
    def may_remove_one(self) -> bool:
        """Return whether a second step may go: the last one stays where it is required."""
        return not self.is_required or bool(self.codes_since) + len(self.passkeys) > 1


def state_of(person: Person) -> TwoStepState:
    """Return the state, in two queries."""
    state = TwoStepState(is_two_step_required(person))
    for factor in Authenticator.objects.filter(user=person).order_by("created_at", "pk"):
        _add(state, factor)
    return state


def _add(state: TwoStepState, factor: Authenticator) -> None:
    match factor.type:
        case Authenticator.Type.TOTP:
            state.codes_since, state.codes_used_at = factor.created_at, factor.last_used_at
        case Authenticator.Type.RECOVERY_CODES:
            # allauth keeps a bit for each code that was used.
            used = factor.data["used_mask"].bit_count()
            state.recovery_codes_left = app_settings.RECOVERY_CODE_COUNT - used
        case Authenticator.Type.WEBAUTHN:
            name = factor.data["name"]
            state.passkeys.append(Passkey(factor.pk, name, factor.created_at, factor.last_used_at))
