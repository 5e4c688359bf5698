"""Open-Meteo for a real app: real HTTP, which can be held up, broken and cut."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fetching.site import reply
from tests.servers.loop_thread import served_in_thread
from tests.servers.proxy import Proxy, running_proxy
from tests.tools.open_meteo import OpenMeteo


class Weather(OpenMeteo):
    """Lives on the loop of a thread of its own; `proxy` is what leads there."""

    proxy: Proxy

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._open = asyncio.Event()
        self.is_broken = False

    def hold(self) -> None:
        """Questions wait for their answers from now on."""
        self._loop.call_soon_threadsafe(self._open.clear)

    def release(self) -> None:
        self._loop.call_soon_threadsafe(self._open.set)

    def fix(self) -> None:
        """As a test finds it."""
        self.release()
        self.is_broken = False
        self.proxy.come_up()

    async def _reply(self, writer: asyncio.StreamWriter) -> None:
        request = self.requests[-1]  # others may come meanwhile
        await self._open.wait()
        broken = reply("500 Internal Server Error")
        writer.write(broken if self.is_broken else self.answer_to(request))
        await writer.drain()

    async def _serve(self, ready: threading.Event, end: asyncio.Event) -> None:
        async with self:
            ready.set()
            await end.wait()


@contextmanager
def running_weather() -> Iterator[Weather]:
    weather = Weather()
    with (
        served_in_thread(weather._serve, weather._loop),
        running_proxy(weather.port) as weather.proxy,
    ):
        weather.release()
        yield weather
