"""The quota of a minute that holds until the service reports another one."""

from django.conf import settings

from chatapp.inference.catalog import find_model, known_or_guessed
from chatapp.spending.line.state import Limits

# Of the add-on, for a model whose card isn't known.
REQUESTS_PER_MINUTE = 150
TOKENS_PER_MINUTE = 800_000


def line_key(model_id: str) -> str:
    """Return the id under which all spellings of a model wait together."""
    model = find_model(settings.CATALOG, model_id)
    return model.id if model else model_id


def configured(model_id: str) -> Limits:
    """Return the configured quota of a model.

    The figures that we know are those of the add-on, so another service has the quota that
    CHAT_MODELS names, or none.
    """
    model = find_model(settings.CATALOG, model_id) or known_or_guessed(model_id)
    requests, tokens = model.requests_per_minute, model.tokens_per_minute
    if settings.SERVICE.kind == "heroku":
        return Limits(requests or REQUESTS_PER_MINUTE, tokens or TOKENS_PER_MINUTE)
    known = known_or_guessed(model_id)
    return Limits(
        requests if requests != known.requests_per_minute else None,
        tokens if tokens != known.tokens_per_minute else None,
    )


def reports_quotas() -> bool:
    """Return whether the headers are to be believed; the demo model refuses nothing."""
    return settings.SERVICE.kind != "demo"
