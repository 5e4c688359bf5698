"""Recognize the accepted image formats by their first bytes."""

from __future__ import annotations

import enum

HEAD_BYTES = 256  # enough for the list of brands at the beginning of a phone's photos

# ISO/IEC 23008-12, annex B, and the AVIF specification, section 6: the brands of still images and
# sequences.
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_AVIF_BRANDS = {b"avif", b"avis"}
SEQUENCE_BRANDS = {b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"}

# These only mean that there is an image, and mostly come with one that names its format. Some
# encoders write no other; the worker then looks for the codec.
_GENERAL_BRANDS = {b"mif1", b"mif2", b"msf1", b"miaf", b"MiHE", b"MiHB"}
_OTHER_BRANDS = {b"jpeg", b"jpgs", b"avci", b"avcs", b"vvic", b"vvis", b"j2ki", b"j2is"}


class Format(enum.StrEnum):
    """List the accepted formats; the values are media types."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    GIF = "image/gif"
    WEBP = "image/webp"
    AVIF = "image/avif"
    HEIC = "image/heic"
    BMP = "image/bmp"
    TIFF = "image/tiff"


_MAGIC: dict[bytes, Format] = {
    b"\xff\xd8\xff": Format.JPEG,
    b"\x89PNG\r\n\x1a\n": Format.PNG,
    b"GIF87a": Format.GIF,
    b"GIF89a": Format.GIF,
    b"BM": Format.BMP,
    b"II*\0": Format.TIFF,
    b"MM\0*": Format.TIFF,
    b"II+\0": Format.TIFF,  # BigTIFF
    b"MM\0+": Format.TIFF,
}


def detect(head: bytes) -> Format | None:
    """Return the format by magic bytes alone: names and declared types are the sender's claim.

    `head` is the first HEAD_BYTES of the file, or all of a shorter one. Returns None for everything
    else, including text formats such as SVG.
    """
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Format.WEBP
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)


def brands(head: bytes) -> list[bytes]:
    """Return the brands of a file, the major one first (ISO/IEC 14496-12, section 4.3).

    The file begins with a length, "ftyp", the major brand, its version and the other brands.
    """
    box = head[: int.from_bytes(head[:4], "big")]
    return [box[8:12], *(box[place : place + 4] for place in range(16, len(box) - 3, 4))]


def names_format(found: list[bytes]) -> bool:
    return not (_AVIF_BRANDS | _HEIC_BRANDS).isdisjoint(found)


def _by_brand(head: bytes) -> Format | None:
    found = brands(head)
    for brand in found:
        if brand in _AVIF_BRANDS:
            return Format.AVIF
        if brand in _HEIC_BRANDS:
            return Format.HEIC
    is_other = not _OTHER_BRANDS.isdisjoint(found)
    return None if is_other or _GENERAL_BRANDS.isdisjoint(found) else Format.HEIC
