"""A QR code as the path of an inline SVG: the content security policy allows no data: images."""

from dataclasses import dataclass
from importlib import import_module

QUIET_ZONE = 4  # modules of white around it, as the standard wants


@dataclass(frozen=True, slots=True)
class QrCode:
    """`size` is the side in modules, with the quiet zone; `path` has a square for each dark one."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    # Imported where somebody sets up an app.
    code = import_module("qrcode").QRCode(border=QUIET_ZONE)
    code.add_data(text)
    code.make()
    rows: list[list[bool]] = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return QrCode(len(rows), path)
