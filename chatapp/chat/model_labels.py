"""Labels of models for places with little room."""

from collections.abc import Collection

from chatapp.inference.catalog import Model


def short_labels(models: Collection[Model]) -> list[tuple[Model, str]]:
    """Pair models with labels without a first word that all share: the maker says nothing then."""
    words = [model.label.split() for model in models]
    is_shared = len({first for first, *_rest in words}) == 1 and all(
        len(each) > 1 for each in words
    )
    return [
        (model, " ".join(each[1:]) if is_shared else model.label)
        for model, each in zip(models, words, strict=True)
    ]
