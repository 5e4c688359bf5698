"""A tool from one typed function: its schema comes from the annotations, and so does the checking
of what a model sends."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, get_type_hints

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext

from .tool import Access, Arguments, Context, Output, Tool, ToolFailed

Function = Callable[..., Awaitable[Output]]


def tool(
    *,
    label: str | Promise,
    doing: Callable[..., str],
    access: Access = "free",
    about: str | Promise = "",
    asks: Callable[..., bool] = lambda context, **arguments: False,
    caution: str | Promise = "",
) -> Callable[[Function], Tool]:
    """Makes a tool of an async function with a Context and then the arguments of the model.

    The function's name is the tool's, its docstring is what the model reads about it, and
    `Annotated[..., Meta(description="…")]` is what it reads about an argument. `doing` is called
    with the same arguments, by name and without the context, `asks` with both.
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
            access=access,
            acts=access == "ask",
            doing=lambda arguments: doing(**_checked(arguments, kind)),
            run=run,
            asks=lambda arguments, context: asks(context, **_checked(arguments, kind)),
            caution=caution,
            about=about,
        )

    return make


def _arguments_of(function: Function) -> type[msgspec.Struct]:
    """The function's parameters but the first, as one type."""
    hints = get_type_hints(function, include_extras=True)
    fields: list[Any] = []
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        field = parameter.name, hints[parameter.name]
        is_optional = parameter.default is not parameter.empty
        fields.append((*field, parameter.default) if is_optional else field)
    return msgspec.defstruct("Arguments", fields, kw_only=True, forbid_unknown_fields=True)


def _schema(kind: type[msgspec.Struct]) -> dict[str, object]:
    """In the order of the parameters, without references for what stands in it once."""
    schema = msgspec.json.schema(kind)
    definitions = schema["$defs"]
    own: dict[str, object] = definitions.pop(kind.__name__)
    own.pop("title")
    if not own["required"]:  # an empty list is no valid schema everywhere
        own.pop("required")
    return own | ({"$defs": definitions} if definitions else {})


def _checked(arguments: Arguments, kind: type[msgspec.Struct]) -> dict[str, Any]:
    try:
        # Not strict: models write "3" for 3.
        values = msgspec.convert(dict(arguments), kind, strict=False)
    except msgspec.ValidationError as error:
        raise ToolFailed(gettext("The arguments do not fit: %(why)s") % {"why": error}) from error
    return {field: getattr(values, field) for field in values.__struct_fields__}
