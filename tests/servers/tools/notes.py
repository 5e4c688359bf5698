"""Two more tools: one acts, and one has a long result."""

import os

import httpx

from chatapp.tools.decorator import tool
from chatapp.tools.tool import Context, Output


@tool(label="Notes", describe=lambda text: f"Leaving the note {text}", needs_approval=True)
async def leave_note(context: Context, text: str) -> Output:
    """Leaves a note at a service."""
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        (await client.post(os.environ["TEST_NOTE_SERVICE"], content=text)).raise_for_status()
    return Output({"left": text}, f"Left the note {text}")


@tool(label="Drawer", describe=lambda words, kilobytes: f"Looking for {words}")
async def search_drawer(context: Context, words: str, kilobytes: int = 1) -> Output:
    """Searches a drawer that is full of words."""
    found = f"{words} " * (1024 * kilobytes // len(f"{words} ".encode()))
    return Output({"found": found}, f"Found {words}")
