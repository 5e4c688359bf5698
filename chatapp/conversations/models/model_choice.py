"""Which models a person may use. Whatever chooses one asks here."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings

from chatapp.accounts.permissions import GRANTED, Permission
from chatapp.inference.catalog import Model, find_model

if TYPE_CHECKING:
    from chatapp.accounts.models import Person
    from chatapp.conversations.models.message import Message


def models_for(person: "Person") -> Mapping[str, Model]:
    """Return the models that this person may use by their ids, the default one first.

    Whoever may not choose any has those of their own list that are on offer, or else the default.
    """
    catalog: Mapping[str, Model] = settings.CATALOG
    if Permission.CHOOSE_ANY_MODEL in GRANTED[person.role]:
        return catalog
    named = {model.id for each in person.allowed_models if (model := find_model(catalog, each))}
    own = {model_id: model for model_id, model in catalog.items() if model_id in named}
    return own or {default_model(): catalog[default_model()]}


def default_model() -> str:
    """Return the first model of the catalogue."""
    return next(iter(settings.CATALOG))


def default_model_for(person: "Person") -> str:
    return next(iter(models_for(person)))


def model_of(reply: "Message") -> Model:
    """Return the model that makes a reply: another one if its own isn't offered any more."""
    offered = models_for(reply.conversation.owner)
    return find_model(offered, reply.model) or offered[reply.conversation.offered_model]
