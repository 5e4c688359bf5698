"""Find a person's own messages and conversations."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from operator import attrgetter
from uuid import UUID

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Message
from chatapp.search import filter_tokens
from chatapp.search.analysis.matches import Matcher
from chatapp.search.analysis.queries import Query, Term, read_query, word_terms
from chatapp.search.engines import Hit, Plan, TooSlow, engine
from chatapp.search.entries import attached_to
from chatapp.search.own import own_chats
from chatapp.search.pages import FoundPage, find_pages
from chatapp.server.request_values import read_uuid

PER_PAGE = 20  # messages
COUNTED = 50  # hits that are counted exactly
TITLES = 5  # above the messages
READ = 200  # messages whose text decides; what is older is on the next page
MAX_TITLES = 25  # of which those are shown that were active last
CHATS = 50  # conversations that one `in:` may mean
MAX_CHATS = 400  # that all `in:` together may mean; SQLite takes no thousand alternatives
SECONDS = 0.5  # for all statements of one search
MAX_READ_CHARACTERS = 4_000_000  # of all messages whose text decides


@dataclass(frozen=True, slots=True)
class Found:
    """A message, or a conversation by its title (`message` is None)."""

    conversation: Conversation
    title: SafeString
    url: str
    message: Message | None = None
    excerpt: str = ""  # safe HTML


@dataclass(slots=True)
class Results:
    text: str
    titles: list[Found] = field(default_factory=list)
    pages: list[FoundPage] = field(default_factory=list)  # of documents
    messages: list[Found] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    count: int = 0
    has_more: bool = False
    older: int | None = None  # the key before which the next page begins
    is_first: bool = True

    @property
    def is_asked(self) -> bool:
        return bool(self.text.strip())

    @property
    def sentence(self) -> str:
        """Return how many there are, for people who see the list and for those who hear it."""
        if self.problems and not self.count:
            return self.problems[0]
        if not self.count and self.is_first:
            return _("Nothing found. Try fewer or other words.")
        if not self.count:
            return _("No older results.")
        if self.has_more:
            return _("More than %s results") % self.count
        return ngettext("%s result", "%s results", self.count) % self.count


def search(person: Person, text: str, zone: tzinfo, older: int | None = None) -> Results:
    """Return the newest hits below the key `older`, with titles on the first page."""
    results = Results(text, is_first=older is None)
    query = read_query(text, zone)
    results.problems = query.problems
    if query.is_empty:
        return results
    try:
        with engine().limited(SECONDS):
            _find(person, query, results, older)
    except TooSlow:
        results.titles, results.pages, results.messages, results.count = [], [], [], 0
        results.problems = [
            _("That took too long. Add a word, or a date such as after:2026-01-31.")
        ]
    return results


def _find(person: Person, query: Query, results: Results, older: int | None) -> None:
    matcher = Matcher(query)
    chats = _chats(person, query, results)
    if chats is None:
        return
    if older is None and query.has_words and not query.is_of_messages:
        results.titles = _titles(person, query, matcher, chats)
    plan = _plan(person, query, filter_tokens.message_of(person.pk), chats)
    if older is None and query.has_words:
        of_pages = _plan(person, query, filter_tokens.page_of(person.pk), chats)
        results.pages = find_pages(person, of_pages, matcher)
    if older is not None:
        plan = replace(plan, older=min(older, plan.older))
    if matcher.must_read:
        _add_read(person, plan, matcher, results)
    else:
        _add_messages(person, plan, matcher, results)
    if not results.has_more:
        results.count += len(results.titles) + len(results.pages)


def _plan(person: Person, query: Query, kind: str, chats: Sequence[Term]) -> Plan:
    return Plan(
        owner_id=person.pk,
        terms=(Term(kind), *dict.fromkeys(query.required)),
        any_of=(tuple(dict.fromkeys(chats))[:MAX_CHATS],) if chats else (),
        none_of=tuple(map(tuple, query.excluded)),
        newer=query.newer,
        older=query.older,
        limit=COUNTED + 1,
    )


def _chats(person: Person, query: Query, results: Results) -> list[Term] | None:
    """Return the terms of the conversations that `in:` means, None if there are none."""
    found: list[Term] = []
    for name in query.chats:
        pk = read_uuid(name)
        hits = [pk] if pk else _titled(person, name)
        if not hits:
            results.problems.append(_("No chat is called “%s”.") % name)
            return None
        found += [Term(filter_tokens.in_conversation(each)) for each in hits]
    return found


def _titled(person: Person, words: str) -> list[UUID]:
    terms = [term for word in words.split() for term in word_terms(word, is_open=True)]
    if not terms:
        return []
    kind = Term(filter_tokens.title_of(person.pk))
    plan = Plan(
        person.pk, (kind, *_of_titles(terms)), older=Query().older, limit=CHATS, is_frequent=False
    )
    return [hit.conversation_id for hit in engine().find(plan)]


def _titles(person: Person, query: Query, matcher: Matcher, chats: Sequence[Term]) -> list[Found]:
    plan = _plan(person, query, filter_tokens.title_of(person.pk), chats)
    plan = replace(plan, terms=_of_titles(plan.terms), limit=MAX_TITLES, is_frequent=False)
    plan = replace(plan, none_of=tuple(map(_of_titles, plan.none_of)))
    found = own_chats(person, engine().find(plan))
    newest = sorted(found.values(), key=attrgetter("active_at"), reverse=True)
    shown = [each for each in newest if not matcher.must_read or matcher.accepts([each.title])]
    return [
        Found(each, matcher.highlight(each.display_title), each.get_absolute_url())
        for each in shown[:TITLES]
    ]


def _of_titles(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Return the terms that titles have for these words; filters stay."""
    return tuple(
        term
        if term.token.startswith("~")
        else Term(filter_tokens.TITLE_WORD + term.token, term.is_prefix)
        for term in terms
    )


def _add_messages(person: Person, plan: Plan, matcher: Matcher, results: Results) -> None:
    """Add a page of hits, which the tokens alone have found."""
    hits = engine().find(plan)
    shown = hits[:PER_PAGE]
    results.count, results.has_more = min(len(hits), COUNTED), len(hits) > COUNTED
    if len(hits) > PER_PAGE:
        results.older = shown[-1].key
    messages = _messages(person, shown)
    attached = attached_to(messages)
    results.messages = [_found(each, attached[each.pk].texts, matcher) for each in messages]


def _add_read(person: Person, plan: Plan, matcher: Matcher, results: Results) -> None:
    """Add hits whose text has what was asked for, at most a page."""
    hits = engine().find(replace(plan, limit=READ + 1))
    place = {hit.message_id: hit.key for hit in hits}
    characters, last, end = 0, 0, time.monotonic() + SECONDS
    for begin in range(0, min(READ, len(hits)), PER_PAGE):
        messages = _messages(person, hits[begin : begin + PER_PAGE])
        attached = attached_to(messages)
        for message in messages:
            is_late = characters > MAX_READ_CHARACTERS or (last and time.monotonic() > end)
            if len(results.messages) == PER_PAGE or is_late:
                results.older, results.has_more = last, True
                results.count = len(results.messages)
                return
            last = place[message.pk]
            characters += len(message.text)
            if matcher.accepts([message.text, *attached[message.pk].texts]):
                results.messages.append(_found(message, attached[message.pk].texts, matcher))
    results.count = len(results.messages)
    if len(hits) > READ:
        results.older, results.has_more = hits[READ - 1].key, True


def _messages(person: Person, hits: Sequence[Hit]) -> list[Message]:
    """Return the messages of hits in their order: those that are the person's own, and present.

    A reply that ran in a version when that was deleted has an entry: its end is stored later.
    """
    chats = own_chats(person, hits)
    rows = Message.objects.defer("html", "reasoning").in_bulk([hit.message_id for hit in hits])
    messages = []
    for hit in hits:
        message = rows.get(hit.message_id)
        chat = message and chats.get(message.conversation_id)
        if message and chat and message.deleted_at is None:
            message.conversation = chat
            messages.append(message)
    return messages


def _found(message: Message, names: list[str], matcher: Matcher) -> Found:
    conversation = message.conversation
    return Found(
        conversation,
        matcher.highlight(conversation.display_title),
        f"{conversation.get_absolute_url()}?message={message.pk}",
        message,
        matcher.excerpt([message.text, *filter(None, names)]),
    )
