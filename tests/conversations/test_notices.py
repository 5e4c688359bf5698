"""Every change of a request has a sentence."""

from typing import get_args

import pytest

from chatapp.conversations.models.notices import SENTENCES, notice_sentence
from chatapp.inference.types import Change
from chatapp.management.commands.try_inference import CHANGES


def test_every_change_has_a_sentence_on_the_page_and_on_the_terminal() -> None:
    assert (
        set(SENTENCES) - {"pages_excluded", "scans_excluded"}
        == set(get_args(Change))
        == set(CHANGES)
    )


@pytest.mark.parametrize(
    ("change", "value", "sentence"),
    [
        ("images_excluded", 1, "One earlier image was excluded."),
        ("images_excluded", 3, "3 earlier images were excluded."),
        (
            "images_suspected",
            2,
            "The service failed while 2 images were in the request. "
            "The model answered without them.",
        ),
        (
            "output_limited",
            4_096,
            "The service accepts answers of at most 4,096 tokens from this model. "
            "A longer one can be continued.",
        ),
        (
            "model_replaced",
            "Claude Sonnet 4.6",
            "The service no longer offers the model of this chat. "
            "Claude Sonnet 4.6 answered instead.",
        ),
        ("of_tomorrow", 1, "The request was changed, because the service refused it."),
    ],
)
def test_sentences_have_their_numbers_and_names(change: str, value: object, sentence: str) -> None:
    assert notice_sentence(change, value) == sentence
