"""Encrypt the tokens of servers."""

from chatapp.server.encryption import SecretBox

_tokens = SecretBox(b"chatapp.mcp: tokens of servers")

encrypt = _tokens.encrypt
decrypt = _tokens.decrypt
is_readable = _tokens.is_readable
