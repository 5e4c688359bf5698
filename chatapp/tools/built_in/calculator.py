"""Sums, because models guess them."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from chatapp.tools.arithmetic import calculate as value_of
from chatapp.tools.arithmetic import normal, shown
from chatapp.tools.making import tool
from chatapp.tools.outside import plain_line
from chatapp.tools.tool import Context, Output

Expression = Annotated[
    str,
    Meta(
        description="Numbers without thousands separators, + - * / // % **, parentheses, pi, e "
        "and functions such as sqrt, ln, log10, sin (of radians), round, factorial, comb, min, "
        "mean. 15% is 0.15, and “15% of 80” works."
    ),
]


def _doing(expression: str) -> str:
    return gettext("Calculating %(expression)s") % {"expression": plain_line(expression)}


@tool(
    label=_("Calculator"),
    about=_("Works out sums exactly. Nothing leaves the app."),
    doing=_doing,
)
async def calculate(context: Context, expression: Expression) -> Output:
    """Calculates an expression exactly, in decimals. Use it for every sum that is not trivial
    instead of working it out yourself."""
    result = shown(value_of(expression))
    return Output(
        {"expression": normal(expression), "result": result},
        gettext("Calculated %(expression)s = %(result)s")
        % {"expression": plain_line(expression), "result": plain_line(result)},
    )
