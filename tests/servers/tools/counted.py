"""Two tools whose work is done and counted by another process: one reads, one acts."""

from __future__ import annotations

import os

import httpx

from chatapp.tools.decorator import tool
from chatapp.tools.tool import Context, Output, ToolFailed


@tool(label="Look", describe=lambda what: f"Looking at {what}")
async def look(context: Context, what: str) -> Output:
    """Looks at something."""
    return await _done("look", what, context)


@tool(label="Act", describe=lambda what: f"Acting on {what}", needs_approval=True)
async def act(context: Context, what: str) -> Output:
    """Acts on something."""
    return await _done("act", what, context)


async def _done(tool: str, what: str, context: Context) -> Output:
    reply, _attempt = context.work.split(":")
    call = {"tool": tool, "what": what, "reply": reply}
    async with httpx.AsyncClient(timeout=None) as client:
        answer = await client.post(os.environ["TEST_TOOLS"], json=call)
    if not answer.is_success:
        raise ToolFailed(f"The other side answered {answer.status_code}.")
    return Output(answer.json(), f"Did {tool} {what}")
