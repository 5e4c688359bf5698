"""Keep work on long requests away from the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .payload import weight
from .types import CompletionRequest

# Preparing and encoding a larger request takes 5 ms or more, in which no reply could continue.
MAX_LOOP_CHARACTERS = 150_000
MAX_LOOP_MESSAGES = 300


async def off_loop[**P, T](
    request: CompletionRequest, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run `work` in a thread if `request` is so large that it would block the loop."""
    if len(request.messages) > MAX_LOOP_MESSAGES or weight(request) > MAX_LOOP_CHARACTERS:
        return await asyncio.to_thread(work, *args, **kwargs)
    return work(*args, **kwargs)
