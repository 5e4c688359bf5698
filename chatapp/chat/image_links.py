"""A copy of the image that a link leads to: links rot, and only a copy can be shown, measured and
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
from chatapp.images.errors import ImageRefused, ImageTypeRefused
from chatapp.images.processing import PreparedImage, process

# Each holds up to 20 MB in memory, and stands for a connection that a person makes us open.
AT_ONCE = 8
AT_ONCE_OF_ONE = 2
WAIT_SECONDS = 8.0  # with the 10 s of a fetch still below the 30 s of Heroku's router
ACCEPT = "image/jpeg, image/png, image/webp, image/*;q=0.8"


class TooManyAtOnce(Exception):
    """No turn came within WAIT_SECONDS; later there may be one. `sentence` can be shown."""

    def __init__(self) -> None:
        sentence = _("Too many links are being fetched right now. Try again in a moment.")
        super().__init__(sentence)
        self.sentence = sentence


class Turns:
    """Lets so many run at once, and of these so many for one person."""

    def __init__(self, at_once: int, at_once_of_one: int, seconds: float) -> None:
        self._all = asyncio.Semaphore(at_once)
        self._at_once_of_one = at_once_of_one
        self._of: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()
        self._seconds = seconds

    @asynccontextmanager
    async def turn(self, person_id: UUID) -> AsyncIterator[None]:
        """Waits for a turn; raises TooManyAtOnce when none comes in time."""
        own = self._of.setdefault(person_id, asyncio.Semaphore(self._at_once_of_one))
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._seconds):
                    await stack.enter_async_context(own)
                    await stack.enter_async_context(self._all)
            except TimeoutError as error:
                raise TooManyAtOnce from error
            yield


_turns = Turns(AT_ONCE, AT_ONCE_OF_ONE, WAIT_SECONDS)


async def copy_of(person: Person, link: str) -> PreparedImage:
    """Fetches an image; raises FetchError, ImageRefused and TooManyAtOnce."""
    async with _turns.turn(person.pk):
        fetched = await fetch(link, accept=ACCEPT)
        try:
            return await process(fetched.content, _name(link))
        except ImageTypeRefused as refusal:
            raise ImageRefused(
                _(
                    "This link leads to something that is not an image. "
                    "Open the image by itself and copy its address."
                )
            ) from refusal


def may_go_to_model(link: str) -> bool:
    """Whether a link, by its looks alone, may be given to the model service to fetch."""
    try:
        url = parse(link)
    except FetchError:
        return False
    address = literal(url.raw_host or "")
    is_safe = url.scheme == "https" and (address is None or is_public(address))
    return is_safe and len(link) <= LINK_LENGTH


def _name(link: str) -> str:
    """The file that a link names, else its site."""
    parts = urlsplit(link)
    return unquote(parts.path.rpartition("/")[2]) or parts.hostname or ""
