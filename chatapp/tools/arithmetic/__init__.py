"""Calculate with decimals: 0.1 + 0.2 is 0.3.

No expression can run code or grow without limit. It consists of numbers, operators and the names
in `functions`: no strings, lists, attributes or assignments. Its length is limited, every
intermediate result has a hundred digits, and exponents are at most a million.
"""

from .expression import calculate
from .notation import format_number, normalize

__all__ = ["calculate", "format_number", "normalize"]
