"""Expressions of numbers, worked out in decimals: 0.1 + 0.2 is 0.3.

Nothing in here can run code or grow without end. An expression holds numbers, operators and the
names in `functions`: no texts, lists, attributes or assignments. Its length is bounded, every step
has a hundred digits, and exponents go up to a million.
"""

from .expression import calculate
from .spelling import normal, shown

__all__ = ["calculate", "normal", "shown"]
