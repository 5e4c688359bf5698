"""Calculate, because models guess results."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from chatapp.tools.arithmetic import calculate as value_of
from chatapp.tools.arithmetic import format_number, normalize
from chatapp.tools.decorator import tool
from chatapp.tools.tool import Context, Output
from chatapp.tools.untrusted import plain_line

Expression = Annotated[
    str,
    Meta(
        description="Numbers without thousands separators, + - * / // % **, parentheses, pi, e "
        "and functions such as sqrt, ln, log10, sin (of radians), round, factorial, comb, min, "
        "mean. 15% is 0.15, and “15% of 80” works."
    ),
]


def _describe(expression: str) -> str:
    return gettext("Calculating %(expression)s") % {"expression": plain_line(expression)}


@tool(
    label=_("Calculator"),
    about=_("Calculates exactly. Nothing leaves this site."),
    describe=_describe,
)
async def calculate(context: Context, expression: Expression) -> Output:
    """Calculate an expression exactly, in decimals. Use it for every calculation that is not
    trivial, instead of working it out yourself."""
    result = format_number(value_of(expression))
    return Output(
        {"expression": normalize(expression), "result": result},
        gettext("Calculated %(expression)s = %(result)s")
        % {"expression": plain_line(expression), "result": plain_line(result)},
    )
