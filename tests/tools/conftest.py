"""What tests of tools stand on: a stand-in of Open-Meteo, and a site that pages are read from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import pytest
from pytest_django import Settings

from chatapp.fetching import fetch
from chatapp.tools.built_in import web_page
from tests.fetching.site import Answer, Site, opened

from .open_meteo import OpenMeteo

Serving = Callable[..., AbstractAsyncContextManager[Site]]


@pytest.fixture
async def open_meteo(settings: Settings) -> AsyncIterator[OpenMeteo]:
    async with OpenMeteo() as service:
        settings.WEATHER_URL = settings.GEOCODING_URL = service.base
        yield service


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Serving:
    """Serve on loopback, and let pages be read from there; the app's own network is strict."""

    @asynccontextmanager
    async def serve(*answers: bytes | Answer) -> AsyncIterator[Site]:
        async with Site(*answers) as site:
            monkeypatch.setattr(web_page, "fetch", partial(fetch, network=opened(site)))
            yield site

    return serve
