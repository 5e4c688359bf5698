"""Short labels of models leave out what all of them share."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from chatapp.chat.model_labels import short_labels
from chatapp.conversations.models import Exchange, Message
from chatapp.inference import Service
from chatapp.inference.catalog import Model, load_catalog


@pytest.mark.parametrize(
    ("labels", "short"),
    [
        (["Claude Sonnet 4.6", "Claude Haiku 4.5"], ["Sonnet 4.6", "Haiku 4.5"]),
        (["Claude Sonnet 4.6"], ["Sonnet 4.6"]),
        (["Claude Sonnet 4.6", "Llama 4"], ["Claude Sonnet 4.6", "Llama 4"]),
        (["Claude", "Claude Haiku 4.5"], ["Claude", "Claude Haiku 4.5"]),
        (["gpt-oss-120b"], ["gpt-oss-120b"]),
    ],
)
def test_the_makers_name_is_left_out(labels: list[str], short: list[str]) -> None:
    models = [Model(f"model-{number}", label) for number, label in enumerate(labels)]

    assert short_labels(models) == list(zip(models, short, strict=True))


def test_a_reply_and_the_announcements_name_the_model_of_the_catalogue(
    owner_client: Client, exchange: Exchange, settings: Any
) -> None:
    settings.CATALOG = load_catalog('[{"id": "my-model", "label": "My model"}]')
    Message.objects.filter(pk=exchange.reply.pk).update(model="my-model")

    page = owner_client.get(exchange.conversation.get_absolute_url()).content.decode()

    assert 'aria-label="My model"' in page
    assert "Claude" not in page


def test_the_details_of_a_reply_have_formatted_numbers(
    owner_client: Client, exchange: Exchange
) -> None:
    Message.objects.filter(pk=exchange.reply.pk).update(
        prompt_tokens=1_526,
        completion_tokens=12_345,
        finished_at=exchange.reply.created_at,
        started_at=exchange.reply.created_at + timedelta(milliseconds=10),  # by another clock
    )

    page = owner_client.get(exchange.conversation.get_absolute_url()).content.decode()

    assert "1,526 tokens read, 12,345 written" in page
    assert "-0.0" not in page
    assert "0.0 s" in page


def test_the_model_control_knows_prices_that_are_known(owner_client: Client, settings: Any) -> None:
    settings.SERVICE = Service("compatible")
    settings.CATALOG = load_catalog(
        '[{"id": "mine", "price_in": 0.25, "price_out": 1}, {"id": "other"}]'
    )

    page = owner_client.get("/").text

    assert page.count("data-price") == 1
    assert re.search(r'value="mine"\s+data-price="0.25"', re.sub(r"data-cannot-think\s", "", page))
