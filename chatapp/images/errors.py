"""Why a picture was refused, in words for the person who sent it.

ImageRefused
├── ImageTypeRefused     not one of the accepted formats
├── ImageTooLarge        too many bytes or too many pixels
└── ImageUnreadable      right format, but empty, cut short or damaged

Sending the same file again never helps.
"""

from __future__ import annotations

from django.utils.translation import gettext


class ImageRefused(Exception):
    """A picture that we do not keep; `sentence` can be shown as it is."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class ImageTypeRefused(ImageRefused):
    def __init__(self) -> None:
        super().__init__(
            gettext("This file is not a picture we can read. Send a JPEG, PNG, WebP or GIF.")
        )


class ImageTooLarge(ImageRefused):
    @classmethod
    def in_bytes(cls, limit: int) -> ImageTooLarge:
        return cls(
            gettext("This picture is too large. Send one of up to %(limit)d MB.")
            % {"limit": limit // (1024 * 1024)}
        )

    @classmethod
    def in_pixels(cls, limit: int) -> ImageTooLarge:
        return cls(
            gettext(
                "This picture has too many pixels. Send one of up to %(limit)d megapixels, "
                "or a smaller copy of it."
            )
            % {"limit": limit // 1_000_000}
        )

    @classmethod
    def in_memory(cls) -> ImageTooLarge:
        return cls(gettext("This picture is too large to open here. Send a smaller copy of it."))


class ImageUnreadable(ImageRefused):
    def __init__(self) -> None:
        super().__init__(
            gettext(
                "This picture is empty, incomplete or damaged. "
                "Save it again as JPEG, PNG, WebP or GIF and send the new copy."
            )
        )
