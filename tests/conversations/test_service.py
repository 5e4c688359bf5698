"""The one client of this process."""

import pytest
from pytest_django import Settings

from chatapp.conversations import service
from chatapp.inference import ChatMessage, CompletionRequest, Service

REQUEST = CompletionRequest("m", (ChatMessage.from_text("user", "Hi"),), 10)


@pytest.mark.parametrize(("caching", "sent"), [(True, False), (False, True)])
async def test_caching_is_off_when_the_setting_says_so(
    settings: Settings, caching: bool, sent: bool
) -> None:
    settings.SERVICE = Service("compatible", "http://127.0.0.1:1")
    settings.PROMPT_CACHING = caching

    assert ("X-Heroku-Prompt-Caching" in service.client()._headers(REQUEST)) == sent

    await service.close()


async def test_it_is_the_same_as_long_as_the_service_is(settings: Settings) -> None:
    settings.SERVICE = Service("compatible", "http://127.0.0.1:1")
    first = service.client()
    assert service.client() is first

    settings.SERVICE = Service("compatible", "http://127.0.0.1:2")
    assert service.client() is not first

    await service.close()
