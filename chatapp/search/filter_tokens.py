"""Tokens that aren't words: whose an entry is, and what filters such as `has:` ask for.

A tilde begins no word, so nobody can type them.
"""

from uuid import UUID

MESSAGE, TITLE, PAGE = "~o/", "~t/", "~p/"  # with the owner
IMAGE, CODE, DOCUMENT = "~image", "~code", "~document"
MODEL = "~m/"
TITLE_WORD = "~w/"  # few beginnings of words are in titles, so they are found fast
CONVERSATION = "~c/"


def message_of(owner_id: UUID) -> str:
    return MESSAGE + owner_id.hex


def title_of(owner_id: UUID) -> str:
    return TITLE + owner_id.hex


def page_of(owner_id: UUID) -> str:
    return PAGE + owner_id.hex


def in_conversation(conversation_id: UUID) -> str:
    return CONVERSATION + conversation_id.hex
