"""Share the lines of an instance by the database, for several processes without Redis."""

import django.db

from chatapp import background
from chatapp.spending.line.stores import StoreAway
from chatapp.spending.line.stores.versioned import Stored, VersionedStore
from chatapp.spending.models import SharedLine


class DatabaseStore(VersionedStore):
    async def store(self, key: str, known: str, version: str, text: str) -> Stored:
        try:
            stored, now = await background.in_thread(
                SharedLine.objects.store, key, known, version, text
            )
        except django.db.Error as error:
            raise StoreAway(type(error).__name__) from error
        if now is not None:
            self.clock.set(now)
        return Stored(stored is None, *(stored or ()))

    async def close(self) -> None:
        """Keep the rows: other processes use them."""
