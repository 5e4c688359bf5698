"""Keys of entries: 63 bits that rise with time, so that the newest are found first without a sort.

The upper 49 count units of 8 microseconds, the rest comes from the id, so a message has the same
key in every process. A copy has the time of its original, and once in 16,000 times its key, too; it
is then moved.
"""

from datetime import UTC, datetime
from uuid import UUID

UNIT = 8  # microseconds
RANDOM_BITS = 14
MIN_KEY, MAX_KEY = 0, 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def key_of(moment: datetime, pk: UUID) -> int:
    return key_at(moment) | pk.int & (2**RANDOM_BITS - 1)


def key_at(moment: datetime) -> int:
    """Return the smallest key of a moment, within the limits of the column."""
    passed = moment - EPOCH
    microseconds = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    return min(max(microseconds // UNIT << RANDOM_BITS, MIN_KEY), MAX_KEY)
