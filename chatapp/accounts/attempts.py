"""Limit attempts, counted in the database, so that all processes share the counts."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.crypto import salted_hmac

from chatapp.accounts.models import AttemptCount


@dataclass(frozen=True, slots=True)
class Limit:
    """Allow `attempts` in a window, for each subject: an account, an address, or both."""

    name: str
    attempts: int
    window: timedelta

    def of(self, *subject: str) -> "Counter":
        """Return the counter of a subject. Its key reveals neither emails nor addresses."""
        key = salted_hmac(self.name, "\n".join(subject), algorithm="sha256").hexdigest()
        return Counter(self, key)


@dataclass(frozen=True, slots=True)
class Counter:
    limit: Limit
    key: str

    def take(self) -> bool:
        """Count one attempt; return False when there were too many."""
        return AttemptCount.objects.take(self.key, self.limit.attempts, self.limit.window)

    def give_back(self) -> None:
        """Take back an attempt that turned out to be right."""
        AttemptCount.objects.give_back(self.key)


def take_all(counters: list[Counter]) -> bool:
    """Count one attempt in every counter, or in none when one of them is at its limit."""
    for number, counter in enumerate(counters):
        if not counter.take():
            give_back_all(counters[:number])
            return False
    return True


def give_back_all(counters: list[Counter]) -> None:
    for counter in counters:
        counter.give_back()
