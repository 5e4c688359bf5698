"""Tools of an app process that a test has started: `/call NAME {…}` has the demo model call one."""

import io
import os
from dataclasses import replace

import httpx
from PIL import Image, ImageDraw

from chatapp.tools.decorator import tool
from chatapp.tools.tool import Context, Output

SECONDS = 60.0


@tool(label="Drawing", describe=lambda sizes, kind: "Drawing")
async def draw(context: Context, sizes: list[list[int]], kind: str = "PNG") -> Output:
    """Draws images of these widths and heights."""
    images = tuple(_drawn(width, height, kind) for width, height in sizes)
    return Output({"drawn": len(images)}, f"Drew {len(images)} images", images)


@tool(label="Painting", describe=lambda sizes: "Painting", needs_approval=True)
async def paint(context: Context, sizes: list[list[int]]) -> Output:
    """Paints images of these widths and heights, with the consent of the person."""
    images = tuple(_drawn(width, height, "PNG") for width, height in sizes)
    return Output({"painted": len(images)}, f"Painted {len(images)} images", images)


@tool(label="Bell", describe=lambda: "Ringing")
async def listen(context: Context) -> Output:
    """Asks a service whether somebody rang, and waits for its answer."""
    async with httpx.AsyncClient(timeout=SECONDS) as http:
        answer = await http.get(os.environ["TEST_HELD_SERVICE"])
    return Output({"heard": answer.text}, "Listened")


# The same as something that must not happen twice, and that the owner lets happen unasked.
ring = replace(listen, name="ring", has_side_effects=True)


def _drawn(width: int, height: int, kind: str) -> bytes:
    image = Image.new("RGB", (width, height), "#d8e6df")
    draw = ImageDraw.Draw(image)
    draw.ellipse((width // 4, height // 4, 3 * width // 4, 3 * height // 4), fill="#2a6f62")
    draw.line((0, height - 1, width, 0), fill="#c8553d", width=max(2, width // 60))
    content = io.BytesIO()
    if kind == "junk":
        return b"no image"
    image.save(content, kind)
    return content.getvalue()
