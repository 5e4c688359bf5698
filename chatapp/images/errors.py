"""Explain to the person why an image was refused.

ImageRefused
├── ImageTypeRefused     not one of the accepted formats
├── ImageTooLarge        too many bytes or too many pixels
├── ImageTooSlow         took longer than any real photo
├── ImageUnreadable      right format, but empty, incomplete or damaged
├── ImageIncomplete      the end of the file is missing
└── ImagesUnavailable    nothing is wrong with the image

Sending the same file again helps only after ImagesUnavailable.
"""

from __future__ import annotations

from django.utils.translation import gettext

from .worker.protocol import Reason, Refused


class ImageRefused(Exception):
    """Report that an image isn't stored; `sentence` is for the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class ImageTypeRefused(ImageRefused):
    def __init__(self) -> None:
        super().__init__(
            gettext(
                "This file isn't an image that we can read. "
                "Send a JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF or BMP."
            )
        )


class ImageTooLarge(ImageRefused):
    @classmethod
    def in_bytes(cls, limit: int) -> ImageTooLarge:
        return cls(
            gettext("This image is too large. Send one of up to %(limit)d MB.")
            % {"limit": limit // (1024 * 1024)}
        )

    @classmethod
    def in_pixels(cls, limit: int) -> ImageTooLarge:
        return cls(
            gettext(
                "This image has too many pixels. Send one of up to %(limit)d megapixels, "
                "or a smaller copy of it."
            )
            % {"limit": limit // 1_000_000}
        )

    @classmethod
    def in_memory(cls) -> ImageTooLarge:
        return cls(gettext("This image is too large to open here. Send a smaller copy of it."))


class ImageTooSlow(ImageRefused):
    def __init__(self) -> None:
        super().__init__(
            gettext("This image took too long to open. Send a smaller copy of it as JPEG.")
        )


class ImageUnreadable(ImageRefused):
    def __init__(self) -> None:
        super().__init__(
            gettext(
                "This image is empty, incomplete or damaged. "
                "Save it again as JPEG, PNG or WebP and send the new copy."
            )
        )


class ImageIncomplete(ImageRefused):
    def __init__(self) -> None:
        super().__init__(
            gettext(
                "This image is incomplete: the end of its file is missing. "
                "Copy or download it again and send the new file."
            )
        )


class ImagesUnavailable(ImageRefused):
    def __init__(self) -> None:
        super().__init__(gettext("Images can't be opened here right now. Try again in a minute."))


def explain(refused: Refused) -> ImageRefused:
    """Return the error with its sentence; the worker has no translations and only names it."""
    match refused.reason:
        case Reason.TYPE:
            return ImageTypeRefused()
        case Reason.BYTES:
            return ImageTooLarge.in_bytes(refused.limit)
        case Reason.PIXELS:
            return ImageTooLarge.in_pixels(refused.limit)
        case Reason.MEMORY:
            return ImageTooLarge.in_memory()
        case Reason.TIME:
            return ImageTooSlow()
        case Reason.UNREADABLE:
            return ImageUnreadable()
        case Reason.INCOMPLETE:
            return ImageIncomplete()
        case Reason.NO_WORKER:
            return ImagesUnavailable()
