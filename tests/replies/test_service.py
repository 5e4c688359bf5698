"""The client of the model service that this process shares."""

import pytest
from pytest_django import Settings

from chatapp.conversations.models import Exchange, Message
from chatapp.inference import ChatMessage, CompletionRequest, Finished, Service, TextDelta
from chatapp.inference.errors import KeyRefused
from chatapp.replies import generation, service
from tests.support.replies import answering

REQUEST = CompletionRequest("m", (ChatMessage.from_text("user", "Hi"),), 10)


@pytest.mark.parametrize(("caching", "sent"), [(True, False), (False, True)])
async def test_caching_is_off_when_the_setting_says_so(
    settings: Settings, caching: bool, sent: bool
) -> None:
    settings.SERVICE = Service("compatible", "http://127.0.0.1:1")
    settings.PROMPT_CACHING = caching

    assert ("X-Heroku-Prompt-Caching" in service.client()._headers(b"{}")) == sent

    await service.close()


async def test_the_client_is_replaced_when_the_service_changes(settings: Settings) -> None:
    settings.SERVICE = Service("compatible", "http://127.0.0.1:1")
    first = service.client()
    assert service.client() is first

    settings.SERVICE = Service("compatible", "http://127.0.0.1:2")
    assert service.client() is not first

    await service.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_service")
async def test_a_refused_key_is_remembered_until_a_key_is_accepted(
    running: Exchange, exchange: Exchange
) -> None:
    with answering(KeyRefused()):
        await generation.generate(running.reply)
    refused = service.refusal()

    again = await Message.objects.select_related("conversation").aget(pk=exchange.reply.pk)
    await Message.objects.filter(pk=again.pk).aupdate(status=Message.Status.QUEUED)
    with answering(TextDelta("Yes."), Finished("stop")):
        await generation.generate(again)

    assert isinstance(refused, KeyRefused)
    assert service.refusal() is None
