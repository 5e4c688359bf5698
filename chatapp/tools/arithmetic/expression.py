"""Calculate the value of an expression."""

from __future__ import annotations

import ast
import decimal
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from simpleeval import InvalidExpression, NameNotDefined, SimpleEval

from chatapp.tools.tool import ToolFailed

from .functions import CONSTANTS, FUNCTIONS, remainder, whole_quotient
from .notation import normalize

MAX_CHARACTERS = 2_000
DIGITS = 100  # of every intermediate result

CONTEXT = decimal.Context(
    prec=DIGITS,
    Emin=-999_999,
    Emax=999_999,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
OPERATORS: dict[type[ast.AST], Callable[..., Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: whole_quotient,
    ast.Mod: remainder,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
NODES = (ast.UnaryOp, ast.Call, ast.Name)


def calculate(expression: str) -> Decimal:
    """Return the value of `expression`. Raises ToolFailed for one that is invalid or has none."""
    if len(expression) > MAX_CHARACTERS:
        sentence = gettext("An expression may have %(most)d characters.")
        raise ToolFailed(sentence % {"most": MAX_CHARACTERS})
    with _explained_errors():
        source = normalize(expression)
        with decimal.localcontext(CONTEXT):
            tree = ast.parse(source, mode="eval")
            value = _Evaluator().eval(source, previously_parsed=tree.body)
            if not isinstance(value, Decimal):
                raise TypeError("a function without arguments")
            if not value.is_finite():
                raise decimal.InvalidOperation
    return value


class _Evaluator(SimpleEval):  # type: ignore[misc]
    """Evaluate with decimals, and allow fewer kinds of nodes than the library."""

    def __init__(self) -> None:
        super().__init__(operators=OPERATORS, functions=FUNCTIONS, names=CONSTANTS)
        own = {ast.BinOp: self._chain, ast.Constant: self._number}
        self.nodes: dict[type[ast.AST], Any] = {kind: self.nodes[kind] for kind in NODES} | own

    def _chain(self, node: ast.expr) -> Decimal:
        """Evaluate in a loop: a sum of many terms is nested deeper than Python's recursion."""
        operations: list[ast.BinOp] = []
        while isinstance(node, ast.BinOp):
            operations.append(node)
            node = node.left
        value: Decimal = self._eval(node)
        for operation in reversed(operations):
            if type(operation.op) not in OPERATORS:
                raise InvalidExpression("not an operation on numbers")
            value = OPERATORS[type(operation.op)](value, self._eval(operation.right))
        return value

    def _number(self, node: ast.Constant) -> Decimal:
        if type(node.value) not in (int, float):
            raise TypeError("not a number")
        # Read from the source, because the parsed float is already rounded.
        written = self.expr.encode()[node.col_offset : node.end_col_offset]
        return CONTEXT.create_decimal(written.decode().replace("_", ""))


@contextmanager
def _explained_errors() -> Iterator[None]:
    """Turn every error inside into a ToolFailed with a sentence."""
    try:
        yield
    except decimal.Overflow as error:
        raise ToolFailed(gettext("The result is too large.")) from error
    except ZeroDivisionError as error:
        raise ToolFailed(gettext("This divides by zero.")) from error
    except (decimal.InvalidOperation, ValueError) as error:
        raise ToolFailed(gettext("This has no value for these numbers.")) from error
    except NameNotDefined as error:
        raise ToolFailed(gettext("“%(name)s” is unknown.") % {"name": error.name}) from error
    except (InvalidExpression, SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise ToolFailed(
            gettext(
                "This can't be calculated. Use numbers without commas, + - * / // %% **, "
                "parentheses, pi, e, tau and these functions: %(functions)s."
            )
            % {"functions": ", ".join(FUNCTIONS)}
        ) from error
