"""A server that quotes the key it got never shows it to a model or a person."""

import pytest

from chatapp.mcp.client.redaction import HIDDEN, hide


@pytest.mark.parametrize("token", ["abcdef123456", "Basic abcdef123456", "Token abcdef123456"])
def test_the_secret_of_a_token_is_hidden_with_and_without_its_scheme(token: str) -> None:
    answer = {"error": "invalid key abcdef123456", "sent": [token]}

    hidden = hide(answer, token)

    assert hidden["error"] == f"invalid key {HIDDEN}"
    assert "abcdef123456" not in hidden["sent"][0]
