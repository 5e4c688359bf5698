"""Tokens in the database can't be read without SECRET_KEY."""

import pytest
from pytest_django import Settings

from chatapp.mcp.encryption import decrypt, encrypt
from chatapp.server.encryption import Unreadable

TOKEN = "mcp-0123456789abcdef, é"


def test_an_encrypted_token_is_decrypted() -> None:
    encrypted = encrypt(TOKEN)

    assert TOKEN not in encrypted
    assert decrypt(encrypted) == TOKEN


def test_encrypting_a_token_twice_gives_different_texts() -> None:
    assert encrypt(TOKEN) != encrypt(TOKEN)


def test_an_empty_token_stays_empty() -> None:
    assert encrypt("") == decrypt("") == ""


def test_another_secret_key_decrypts_nothing(settings: Settings) -> None:
    encrypted = encrypt(TOKEN)
    settings.SECRET_KEY = "another"

    with pytest.raises(Unreadable):
        decrypt(encrypted)


def test_former_secret_keys_decrypt_and_the_present_one_encrypts(settings: Settings) -> None:
    encrypted, former = encrypt(TOKEN), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [former]

    assert decrypt(encrypted) == TOKEN
    settings.SECRET_KEY_FALLBACKS = []
    assert decrypt(encrypt(TOKEN)) == TOKEN


@pytest.mark.parametrize("damaged", ["x", "gAAAAA", "ü", encrypt(TOKEN)[:-9]])
def test_a_damaged_token_is_unreadable(damaged: str) -> None:
    with pytest.raises(Unreadable):
        decrypt(damaged)
