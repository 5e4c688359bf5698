"""Tokens in the database: unreadable without SECRET_KEY."""

import pytest
from pytest_django import Settings

from chatapp.connectors.sealing import Unreadable, seal, unseal

TOKEN = "mcp-0123456789abcdef, é"


def test_a_sealed_token_comes_back() -> None:
    sealed = seal(TOKEN)

    assert TOKEN not in sealed
    assert unseal(sealed) == TOKEN


def test_one_token_is_never_sealed_the_same_way_twice() -> None:
    assert seal(TOKEN) != seal(TOKEN)


def test_no_token_stays_none() -> None:
    assert seal("") == unseal("") == ""


def test_another_secret_key_reads_nothing(settings: Settings) -> None:
    sealed = seal(TOKEN)
    settings.SECRET_KEY = "another"

    with pytest.raises(Unreadable):
        unseal(sealed)


def test_a_former_secret_key_still_reads_and_the_present_one_seals(settings: Settings) -> None:
    sealed, former = seal(TOKEN), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [former]

    assert unseal(sealed) == TOKEN
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(seal(TOKEN)) == TOKEN


@pytest.mark.parametrize("damaged", ["x", "gAAAAA", "ü", seal(TOKEN)[:-9]])
def test_what_is_damaged_is_unreadable(damaged: str) -> None:
    with pytest.raises(Unreadable):
        unseal(damaged)
