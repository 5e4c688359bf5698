"""Which models a person may use. Whatever chooses one asks here."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chatapp.accounts.permissions import GRANTED, Permission
from chatapp.inference.catalog import Model, find_model
from chatapp.retirement import offers

if TYPE_CHECKING:
    from chatapp.accounts.models import Person
    from chatapp.conversations.models.message import Message


def models_for(person: "Person") -> Mapping[str, Model]:
    """Return the models that this person may use by their ids, the default one first.

    Whoever may not choose any has those of their own list that are on offer, or else the default.
    """
    catalog = offers.offered()
    if Permission.CHOOSE_ANY_MODEL in GRANTED[person.role]:
        return catalog
    named = {model.id for each in person.allowed_models if (model := offers.find(each))}
    own = {model_id: model for model_id, model in catalog.items() if model_id in named}
    return own or {default_model(): catalog[default_model()]}


def default_model() -> str:
    """Return the first model on offer."""
    return offers.default().id


def default_model_for(person: "Person") -> str:
    return next(iter(models_for(person)))


def find_for(person: "Person", model_id: str) -> Model | None:
    """Return the model with this id in any spelling, or the one in its place if it has ended; None
    if the person may use neither."""
    offered = models_for(person)
    if found := find_model(offered, model_id):
        return found
    following = offers.find(model_id)
    return find_model(offered, following.id) if following else None


def model_of(reply: "Message") -> Model:
    """Return the model that makes a reply: another one if its own isn't offered any more."""
    person = reply.conversation.owner
    found = find_for(person, reply.model)
    return found or models_for(person)[reply.conversation.offered_model]
