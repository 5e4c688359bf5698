"""Read what people type: words, "phrases", -exclusions and filters. Nothing is an error.

What can't be understood becomes a sentence in `problems`, and the rest is still searched for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from itertools import pairwise

from django.utils.translation import gettext as _

from chatapp.search import entry_keys, filter_tokens
from chatapp.search.analysis.tokens import IDENTIFIER, MAX_TOKEN, RUN, tokens_of
from chatapp.server.folding import fold, take_apart

MAX_CHARACTERS = 1_000
MAX_TERMS = 24
TERM = re.compile(
    r'(?P<minus>-)?(?:(?P<filter>model|has|in|before|after):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+)|(?<=:))',
    re.IGNORECASE,
)
EXCLUDABLE = ("model", "has")  # filters that may follow a minus
HAS = {
    "image": filter_tokens.IMAGE,
    "images": filter_tokens.IMAGE,
    "document": filter_tokens.DOCUMENT,
    "documents": filter_tokens.DOCUMENT,
    "code": filter_tokens.CODE,
}
DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Term:
    """A token that an entry has, or the beginning of one."""

    token: str
    is_prefix: bool = False


@dataclass(slots=True)
class Query:
    """`required` must all be there; of `excluded` no group may be there as a whole.

    `needles` are what is highlighted, `verified` and `forbidden` what the text itself must and must
    not contain: they say more than their tokens. `chats` are the words of each `in:`.
    """

    required: list[Term] = field(default_factory=list)
    excluded: list[list[Term]] = field(default_factory=list)
    needles: list[str] = field(default_factory=list)
    verified: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    chats: list[str] = field(default_factory=list)
    newer: int = entry_keys.MIN_KEY
    older: int = entry_keys.MAX_KEY
    has_words: bool = False
    is_of_messages: bool = False  # a filter that no title passes
    problems: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        limits = (self.newer, self.older) != (entry_keys.MIN_KEY, entry_keys.MAX_KEY)
        return not (self.required or self.excluded or self.chats or self.forbidden or limits)


def read_query(text: str, zone: tzinfo) -> Query:
    """Return the query that a person typed; dates are of their zone."""
    query = Query()
    if len(text) > MAX_CHARACTERS:
        query.problems.append(_("That's too long to search for. Use a few words of it."))
        return query
    text = take_apart(text)
    terms = [term for term in TERM.finditer(text) if term[0]]
    if len(terms) > MAX_TERMS:
        query.problems.append(_("Only the first %s words are searched for.") % MAX_TERMS)
    ends_open = not text[-1:].isspace()
    for number, term in enumerate(terms[:MAX_TERMS], 1):
        is_last = ends_open and number == len(terms)
        if term["filter"]:
            _read_filter(query, term, zone)
        elif term["phrase"] is not None:
            _read_phrase(query, term["phrase"], is_excluded=bool(term["minus"]))
        else:
            _read_word(query, term["word"], is_last, is_excluded=bool(term["minus"]))
    if query.is_empty and not query.problems and text.strip():
        query.problems.append(_("Type at least one letter or digit."))
    return query


def word_terms(word: str, *, is_open: bool) -> list[Term]:
    """Return the terms of a word; with `is_open` it may go on.

    An identifier is compared with the beginning of those that messages have: `foo.bar` is found in
    `foo.bar.baz()`.
    """
    terms = []
    for run in RUN.findall(word):
        run = fold(run)
        terms += [Term(first + second) for first, second in pairwise(run)] or [Term(run)]
    found = IDENTIFIER.findall(word)
    for identifier in found:
        token = fold(identifier)
        is_last = is_open and identifier is found[-1]
        is_prefix = is_last or len(token) >= MAX_TOKEN or len(tokens_of([identifier])) > 1
        terms.append(Term(token[:MAX_TOKEN], is_prefix))
    return terms


def _read_word(query: Query, word: str, is_last: bool, *, is_excluded: bool) -> None:
    terms = word_terms(word, is_open=is_last and not is_excluded)
    if not terms:
        return
    runs = [fold(run) for run in RUN.findall(word)]
    is_joined = len(terms) > 1 and bool(runs)  # pairs of characters may be anywhere
    if is_excluded and is_joined:
        query.forbidden.append(fold(word))
    elif is_excluded:
        query.excluded.append(terms)
    else:
        query.required += terms
        query.has_words = True
        query.needles += [*runs, *map(fold, IDENTIFIER.findall(word))]
        query.verified += [fold(word)] if is_joined else []


def _read_phrase(query: Query, phrase: str, *, is_excluded: bool) -> None:
    words = phrase.split()
    terms = [term for word in words for term in word_terms(word, is_open=False)]
    if not terms:
        return
    needle = " ".join(map(fold, words))
    if is_excluded:
        query.forbidden.append(needle)
        return
    query.required += terms
    query.has_words = True
    query.needles.append(needle)
    query.verified.append(needle)


def _read_filter(query: Query, term: re.Match[str], zone: tzinfo) -> None:
    name, is_excluded = term["filter"].lower(), bool(term["minus"])
    value = (term["phrase"] or term["word"] or "").strip()
    if not value:
        return  # it is being typed
    if is_excluded and name not in EXCLUDABLE:
        query.problems.append(_("A minus can't come before “%s:”.") % name)
    elif name in ("before", "after"):
        _read_date(query, name, value, zone)
    elif name == "in":
        query.chats.append(value)
    else:
        terms = _filter_terms(query, name, value)
        query.is_of_messages = True
        if is_excluded and terms:
            query.excluded.append(terms)
        elif terms:
            query.required += terms


def _filter_terms(query: Query, name: str, value: str) -> list[Term]:
    if name == "model":
        # Ids have hyphens where labels have spaces and dots.
        words = value.replace(".", "-").split()
        return list(_of_model(term for word in words for term in word_terms(word, is_open=True)))
    if token := HAS.get(value.lower()):
        return [Term(token)]
    query.problems.append(_("“has:” can be followed by “image”, “document” or “code”."))
    return []


def _of_model(terms: Iterable[Term]) -> Iterable[Term]:
    return (Term(filter_tokens.MODEL + term.token, is_prefix=True) for term in terms)


def _read_date(query: Query, name: str, value: str, zone: tzinfo) -> None:
    found = DATE.fullmatch(value)
    try:
        year, month, day = (int(part or 1) for part in found.groups()) if found else (0, 0, 0)
        key = entry_keys.key_at(datetime(year, month, day, tzinfo=zone))
    except (ValueError, OverflowError):
        sentence = _("“%(name)s:” needs a date, such as %(name)s:2026-01-31.")
        query.problems.append(sentence % {"name": name})
        return
    if name == "before":
        query.older = min(query.older, key)
    else:
        query.newer = max(query.newer, key)
