"""Copying the image that a link leads to: links rot, and only a copy can be shown, measured and
sent privately."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import unquote, urlsplit
from uuid import UUID
from weakref import WeakValueDictionary

from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.conversations.models.attachment import LINK_LENGTH
from chatapp.fetching import FetchError, fetch
from chatapp.fetching.addresses import is_public
from chatapp.fetching.links import literal, parse
from chatapp.images.data_url import decode_data_url
from chatapp.images.errors import ImageRefused, ImageTypeRefused
from chatapp.images.processing import PreparedImage, process_parts

# Each copy takes up to 20 MB of memory and a connection that a person makes this site open.
MAX_FETCHES = 8
MAX_FETCHES_PER_PERSON = 2
WAIT_SECONDS = 8.0  # plus the 10 s of a fetch, this stays below the 30 s of Heroku's router
ACCEPT = "image/jpeg, image/png, image/webp, image/*;q=0.8"


class TooManyAtOnce(Exception):
    """No slot became free within WAIT_SECONDS. `sentence` is for the person."""

    def __init__(self) -> None:
        sentence = _("Too many links are being opened right now. Try again in a moment.")
        super().__init__(sentence)
        self.sentence = sentence


class FetchSlots:
    """Limits how many run at once, in total and for one person."""

    def __init__(self, at_once: int, at_once_per_person: int, seconds: float) -> None:
        self._all = asyncio.Semaphore(at_once)
        self._at_once_per_person = at_once_per_person
        self._of: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()
        self._seconds = seconds

    @asynccontextmanager
    async def slot(self, person_id: UUID) -> AsyncIterator[None]:
        """Wait for a slot. Raises TooManyAtOnce when none becomes free in time."""
        own = self._of.setdefault(person_id, asyncio.Semaphore(self._at_once_per_person))
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._seconds):
                    await stack.enter_async_context(own)
                    await stack.enter_async_context(self._all)
            except TimeoutError as error:
                raise TooManyAtOnce from error
            yield


_slots = FetchSlots(MAX_FETCHES, MAX_FETCHES_PER_PERSON, WAIT_SECONDS)


async def copies_of(person: Person, link: str, max_parts: int) -> list[PreparedImage]:
    """Fetch an image, or read it from a `data:` link. Mostly returns one; a long one has parts.

    Raises FetchError, ImageRefused and TooManyAtOnce.
    """
    content = decode_data_url(link)
    if content is not None:
        return await process_parts(content, "", max_parts)
    async with _slots.slot(person.pk):
        fetched = await fetch(link, accept=ACCEPT)
        try:
            return await process_parts(fetched.content, _name(link), max_parts)
        except ImageTypeRefused as refusal:
            raise ImageRefused(
                _(
                    "This link doesn't lead to an image. "
                    "Open the image on its own and copy its address."
                )
            ) from refusal


def may_go_to_model(link: str) -> bool:
    """Return whether a link looks like one that the model service may fetch."""
    try:
        url = parse(link)
    except FetchError:
        return False
    address = literal(url.raw_host or "")
    is_safe = url.scheme == "https" and (address is None or is_public(address))
    return is_safe and len(link) <= LINK_LENGTH


def _name(link: str) -> str:
    """Return the file name in a link, else its site."""
    parts = urlsplit(link)
    return unquote(parts.path.rpartition("/")[2]) or parts.hostname or ""
