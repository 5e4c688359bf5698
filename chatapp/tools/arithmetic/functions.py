"""The constants and functions of expressions. Functions take decimals and limit their work."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation

MAX_FACTORIAL = 1_000  # 1,000! has 2,568 digits
MAX_DIVISIBLE = 10**100
MAX_PLACES = 50
NOISE = 1e-15  # a smaller result is 0 with an error of floating point

Function = Callable[..., Decimal]

CONSTANTS = {
    "pi": Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628"),
    "e": Decimal("2.71828182845904523536028747135266249775724709369995957496696762772407663035"),
    "tau": Decimal("6.28318530717958647692528676655900576839433879875021164194988918461563281257"),
}


def remainder(number: Decimal, divisor: Decimal) -> Decimal:
    """Return the remainder with the divisor's sign, as for ints; Decimal's has the number's."""
    rest = number % divisor
    return rest + divisor if rest and (rest < 0) != (divisor < 0) else rest


def whole_quotient(number: Decimal, divisor: Decimal) -> Decimal:
    return (number - remainder(number, divisor)) / divisor


def _log(number: Decimal, base: Decimal | None = None) -> Decimal:
    return number.ln() if base is None else number.ln() / base.ln()


def _log2(number: Decimal) -> Decimal:
    return _log(number, Decimal(2))


def _cbrt(number: Decimal) -> Decimal:
    return (abs(number) ** (Decimal(1) / 3)).copy_sign(number)


def _round(number: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    """Round halves away from zero, as at school."""
    if abs(places) > MAX_PLACES:
        raise InvalidOperation
    return number.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)


def _floor(number: Decimal) -> Decimal:
    return number.to_integral_value(ROUND_FLOOR)


def _ceil(number: Decimal) -> Decimal:
    return number.to_integral_value(ROUND_CEILING)


def _sum(*numbers: Decimal) -> Decimal:
    return sum(numbers, Decimal(0))


def _mean(*numbers: Decimal) -> Decimal:
    return _sum(*numbers) / len(numbers)


def _radians(degrees: Decimal) -> Decimal:
    return degrees * CONSTANTS["pi"] / 180


def _degrees(radians: Decimal) -> Decimal:
    return radians * 180 / CONSTANTS["pi"]


def _of_whole(function: Callable[..., int], most: int) -> Function:
    """Make a function for whole numbers from 0 to `most`."""

    def compute(*numbers: Decimal) -> Decimal:
        for number in numbers:
            if number != number.to_integral_value() or not 0 <= number <= most:
                raise InvalidOperation
        return Decimal(function(*map(int, numbers)))

    return compute


def _of_float(function: Callable[..., float]) -> Function:
    """Make a function of floats: Decimal has no trigonometry, and 15 digits are enough to show."""

    def compute(*numbers: Decimal) -> Decimal:
        value = function(*map(float, numbers))
        if abs(value) > 1 / NOISE:
            raise InvalidOperation  # the tangent of a right angle
        is_noise = abs(value) < NOISE and all(abs(number) > NOISE for number in numbers)
        return Decimal(0) if is_noise else Decimal(f"{value:.15g}")

    return compute


FUNCTIONS: dict[str, Function] = {
    "sqrt": Decimal.sqrt,
    "cbrt": _cbrt,
    "exp": Decimal.exp,
    "ln": Decimal.ln,
    "log": _log,
    "log2": _log2,
    "log10": Decimal.log10,
    "sin": _of_float(math.sin),
    "cos": _of_float(math.cos),
    "tan": _of_float(math.tan),
    "asin": _of_float(math.asin),
    "acos": _of_float(math.acos),
    "atan": _of_float(math.atan),
    "radians": _radians,
    "degrees": _degrees,
    "abs": abs,
    "round": _round,
    "floor": _floor,
    "ceil": _ceil,
    "min": min,
    "max": max,
    "sum": _sum,
    "mean": _mean,
    "factorial": _of_whole(math.factorial, MAX_FACTORIAL),
    "comb": _of_whole(math.comb, MAX_FACTORIAL),
    "perm": _of_whole(math.perm, MAX_FACTORIAL),
    "gcd": _of_whole(math.gcd, MAX_DIVISIBLE),
    "lcm": _of_whole(math.lcm, MAX_DIVISIBLE),
}
