"""Short labels of models leave out what all of them share."""

import pytest

from chatapp.chat.model_labels import short_labels
from chatapp.inference.catalog import Model


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
