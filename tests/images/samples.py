"""Images made on the spot, and headers that claim what they do not bring."""

from __future__ import annotations

import io
import os
import random
import select
import struct
import zlib
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import Image, ImageCms

pillow_heif.register_heif_opener()

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decoded(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def corners(size: tuple[int, int] = (64, 32)) -> Image.Image:
    """Red top left, green top right, blue bottom left, white bottom right."""
    image = Image.new("RGB", size, WHITE)
    half = (size[0] // 2, size[1] // 2)
    image.paste(RED, (0, 0, *half))
    image.paste(GREEN, (half[0], 0, size[0], half[1]))
    image.paste(BLUE, (0, half[1], half[0], size[1]))
    return image


def corner_names(image: Image.Image) -> str:
    """The colours of the corners clockwise from the top left, as in 'RGWB'."""
    rgb = image.convert("RGB")
    x, y = rgb.width // 4, rgb.height // 4
    places = [(x, y), (3 * x, y), (3 * x, 3 * y), (x, 3 * y)]
    return "".join(_name(rgb.getpixel(place)) for place in places)


def noise(mode: str, size: tuple[int, int], seed: int) -> Image.Image:
    """Pixels that no codec can make smaller, the same for the same seed."""
    return Image.frombytes(mode, size, random.Random(seed).randbytes(size[0] * size[1] * len(mode)))


def peak_bytes(process_id: int) -> int:
    """The most memory that a process ever held."""
    status = Path(f"/proc/{process_id}/status").read_text()
    return next(
        int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")
    )


def ended(process_id: int) -> bool:
    """Wait for the end of a process, child of this one or not."""
    try:
        handle = os.pidfd_open(process_id)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 10)[0])
    finally:
        os.close(handle)


def display_p3() -> bytes:
    """sRGB's profile with the colorants of Display P3 (SMPTE EG 432-1), adapted to D50."""
    colorants = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # ICC.1, section 7.3: a tag's name, offset and size; a colorant is three s15Fixed16 numbers.
    for entry in range(132, 132 + 12 * int.from_bytes(profile[128:132], "big"), 12):
        if values := colorants.get(bytes(profile[entry : entry + 4])):
            place = int.from_bytes(profile[entry + 4 : entry + 8], "big") + 8
            numbers = (round(value * 65_536) for value in values)
            profile[place : place + 12] = struct.pack(">3i", *numbers)
    return bytes(profile)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def sealed(content: bytes) -> bytes:
    """The chunks of a PNG with their checksums made right again."""
    result, place = content[:8], 8
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        result += png_chunk(content[place + 4 : place + 8], content[place + 8 : place + 8 + length])
        place += 12 + length
    return result + content[place:]


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and brings next to no pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    chunks = (b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def webp_header(width: int, height: int) -> bytes:
    """An extended WebP that claims a canvas, holding a tiny image."""
    frame = encoded(Image.new("RGB", (8, 8)), "WEBP")[12:]
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<II", 10, 0) + size + frame
    return b"RIFF" + struct.pack("<I", len(body)) + body


def gif_header(width: int, height: int) -> bytes:
    content = bytearray(encoded(Image.new("P", (8, 8)), "GIF"))
    content[6:10] = struct.pack("<HH", width, height)
    return bytes(content)


def jpeg_header(width: int, height: int, *, progressive: bool = False) -> bytes:
    content = bytearray(encoded(corners(), "JPEG", progressive=progressive, subsampling="4:4:4"))
    frame = content.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def bmp_header(width: int, height: int) -> bytes:
    content = bytearray(encoded(corners(), "BMP"))
    content[18:26] = struct.pack("<ii", width, height)
    return bytes(content)


def tiff_header(width: int, height: int) -> bytes:
    content = encoded(corners(), "TIFF", compression="tiff_lzw")
    for tag, value, claim in ((256, 64, width), (257, 32, height)):
        # TIFF 6.0, section 2: tag, type 4 (32 bits) or 3 (16 bits), count, value.
        entries = [struct.pack("<HHII", tag, kind, 1, value) for kind in (3, 4)]
        place = max(content.find(entry) for entry in entries)
        content = content[:place] + struct.pack("<HHII", tag, 4, 1, claim) + content[place + 12 :]
    return content


def box_header(kind: str, width: int, height: int) -> bytes:
    """An AVIF or HEIC that claims a size in its "ispe" property (ISO/IEC 23008-12, 6.5.3)."""
    content = bytearray(encoded(corners((128, 96)), kind))
    place = content.index(struct.pack(">4sIII", b"ispe", 0, 128, 96))
    content[place : place + 16] = struct.pack(">4sIII", b"ispe", 0, width, height)
    return bytes(content)


def _name(pixel: tuple[int, ...]) -> str:
    def distance(colour: tuple[int, int, int]) -> int:
        return sum(abs(a - b) for a, b in zip(pixel, colour, strict=True))

    return min(((distance(c), n) for c, n in zip((RED, GREEN, BLUE, WHITE), "RGBW", strict=True)))[
        1
    ]
