"""Amounts that `dollars` would round too far: prices of replies, and what programs read."""

from django.utils.translation import gettext

from chatapp.spending.dollars import CENT, shown
from chatapp.spending.models.model_call import MICRO_DOLLARS

MILL = CENT // 10  # a tenth of a cent


def small_dollars(micro: int) -> str:
    """Return the price of one reply, which is often below a cent: "$0.012"."""
    if micro >= MICRO_DOLLARS:
        return shown(micro)
    if 0 < micro < MILL:
        return gettext("less than $0.001")
    mills = (micro + MILL // 2) // MILL
    return f"${mills // 1_000}.{mills % 1_000:03}"


def exact_dollars(micro: int) -> str:
    """Return an amount to the micro-dollar without a sign, for programs that read it."""
    return f"{micro // MICRO_DOLLARS}.{micro % MICRO_DOLLARS:06}"
