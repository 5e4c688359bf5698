"""Money as people read it. It is kept in whole micro-dollars and rounded only here."""

from django.utils.translation import gettext

MICRO_PER_CENT = 10_000
MICRO_PER_MILL = 1_000  # a tenth of a cent


def dollars(micro: int) -> str:
    """Return an amount in cents: "$1.23", or "less than $0.01" for what isn't nothing."""
    if 0 < micro < MICRO_PER_CENT:
        return gettext("less than %s") % _written(1, 2)
    return _written(_rounded(micro, MICRO_PER_CENT), 2)


def small_dollars(micro: int) -> str:
    """Return the price of one reply, which is often below a cent: "$0.012"."""
    if micro >= 100 * MICRO_PER_CENT:
        return dollars(micro)
    if 0 < micro < MICRO_PER_MILL:
        return gettext("less than %s") % _written(1, 3)
    return _written(_rounded(micro, MICRO_PER_MILL), 3)


def exact_dollars(micro: int) -> str:
    """Return an amount to the micro-dollar without a sign, for programs that read it."""
    return f"{micro // 1_000_000}.{micro % 1_000_000:06}"


def _rounded(micro: int, unit: int) -> int:
    return (micro + unit // 2) // unit


def _written(count: int, places: int) -> str:
    whole, rest = divmod(count, 10**places)
    return f"${whole:,}.{rest:0{places}}"
