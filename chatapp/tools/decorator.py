"""Make a tool of one typed function: its annotations become the schema, and check what a model
sends."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, get_type_hints

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext

from .tool import Arguments, Context, Output, Tool, ToolFailed, never

Function = Callable[..., Awaitable[Output]]


def tool(
    *,
    label: str | Promise,
    describe: Callable[..., str],
    needs_approval: bool = False,
    about: str | Promise = "",
    call_needs_approval: Callable[..., bool] | None = None,
    caution: str | Promise = "",
) -> Callable[[Function], Tool]:
    """Make a tool of an async function, which takes a Context and the arguments of the model.

    The function's name is the tool's. The model reads its docstring, and for an argument the
    `Annotated[..., Meta(description="…")]`. `describe` is called with the same arguments, by name
    and without the context, `call_needs_approval` with both. A tool that needs approval counts as
    one with side effects.
    """

    def make(function: Function) -> Tool:
        kind = _arguments_of(function)

        async def run(arguments: Arguments, context: Context) -> Output:
            return await function(context, **_checked(arguments, kind))

        return Tool(
            name=function.__name__,
            label=label,
            description=" ".join((function.__doc__ or "").split()),
            parameters=_schema(kind),
            needs_approval=needs_approval,
            has_side_effects=needs_approval,
            describe=lambda arguments: describe(**_checked(arguments, kind)),
            run=run,
            call_needs_approval=_decision(call_needs_approval, kind),
            caution=caution,
            about=about,
        )

    return make


def _decision(
    asks: Callable[..., bool] | None, kind: type[msgspec.Struct]
) -> Callable[[Arguments, Context], bool]:
    """Return what decides about a call, `never` for a tool that leaves it to `needs_approval`."""
    if asks is None:
        return never
    return lambda arguments, context: asks(context, **_checked(arguments, kind))


def _arguments_of(function: Function) -> type[msgspec.Struct]:
    """Return the function's parameters except the context as one type."""
    hints = get_type_hints(function, include_extras=True)
    fields: list[Any] = []
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        field = parameter.name, hints[parameter.name]
        is_optional = parameter.default is not parameter.empty
        fields.append((*field, parameter.default) if is_optional else field)
    return msgspec.defstruct("Arguments", fields, kw_only=True, forbid_unknown_fields=True)


def _schema(kind: type[msgspec.Struct]) -> dict[str, object]:
    """Return the JSON Schema in the order of the parameters, with the arguments at the top."""
    schema = msgspec.json.schema(kind)
    definitions = schema["$defs"]
    own: dict[str, object] = definitions.pop(kind.__name__)
    own.pop("title")
    if not own["required"]:  # some services refuse an empty list
        own.pop("required")
    return own | ({"$defs": definitions} if definitions else {})


def _checked(arguments: Arguments, kind: type[msgspec.Struct]) -> dict[str, Any]:
    try:
        # Some models write "3" for 3, so the conversion is not strict.
        values = msgspec.convert(dict(arguments), kind, strict=False)
    except msgspec.ValidationError as error:
        raise ToolFailed(gettext("The arguments don't fit: %(why)s") % {"why": error}) from error
    return {field: getattr(values, field) for field in values.__struct_fields__}
