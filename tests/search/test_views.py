"""/search/: results for each person, whatever is typed, never a 500."""

import asyncio
import threading
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import AsyncClient, Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.search import concurrency, results
from chatapp.search.engines import TooSlow, engine, postgres
from chatapp.search.models import Filling
from tests.search.helpers import STRANGE, find, said

pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"accept": "application/json"}


def get(client: Client, text: str, **more: str) -> str:
    answer = client.get("/search/", {"q": text, **more}, headers=JSON)
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


@pytest.mark.parametrize("text", STRANGE)
def test_anything_that_is_typed_gets_results_or_a_sentence(
    owner_client: Client, owner: Person, text: str
) -> None:
    said(owner, "and or not near a b c d x")

    html = get(owner_client, text.encode("utf-8", "replace").decode())

    assert 'class="search-count"' in html


def test_the_page_works_without_scripts(owner_client: Client, owner: Person) -> None:
    added = said(owner, "A walrus <b>")

    page = owner_client.get("/search/", {"q": "walrus"}).content.decode()

    assert f'href="/c/{added.conversation.pk}/?message={added.message.pk}"' in page
    assert "<mark>walrus</mark> &lt;b&gt;" in page
    assert 'value="walrus"' in page
    assert "2 results" in page


def test_the_empty_page_has_examples(owner_client: Client) -> None:
    page = owner_client.get("/search/").content.decode()

    assert "What you can type" in page
    assert "search-count" not in page


def test_older_results_are_linked(owner_client: Client, owner: Person) -> None:
    added = said(owner, "walrus")
    for _ in range(results.PER_PAGE):
        said(owner, "walrus", conversation=added.conversation.pk)
    older = find(owner, "walrus").older

    assert f"/search/?q=walrus&amp;before={older}" in get(owner_client, "walrus")
    assert get(owner_client, "walrus", before=str(older)).count('class="hit"') == 1


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "٣"])
def test_a_broken_page_number_is_the_first_page(
    owner_client: Client, owner: Person, before: str
) -> None:
    said(owner, "walrus")

    assert "2 results" in get(owner_client, "walrus", before=before)


def test_a_fill_that_goes_on_is_mentioned(owner_client: Client) -> None:
    sentence = "Older chats are still being indexed."

    assert sentence in get(owner_client, "walrus")
    Filling.objects.create(is_complete=True)
    assert sentence not in get(owner_client, "walrus")


@pytest.mark.parametrize("path", ["/search/", "/search/palette"])
def test_a_stranger_must_sign_in(stranger_client: Client, path: str) -> None:
    answer = stranger_client.get(path, headers=JSON)

    assert answer.status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("path", ["/search/", "/search/palette"])
def test_search_is_read_only(owner_client: Client, path: str) -> None:
    assert owner_client.post(path).status_code == HTTPStatus.METHOD_NOT_ALLOWED


WORDS = st.sampled_from(["walrus", "seal", "crème", "user_name", "减少", "-seal", '"seal walrus"'])
SAID = st.lists(st.tuples(st.booleans(), st.lists(WORDS, min_size=1, max_size=4)), max_size=6)


@given(written=SAID, asked=st.lists(WORDS, min_size=1, max_size=3))
@examples(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_finds_what_another_person_has(
    owner: Person, member: Person, written: list[tuple[bool, list[str]]], asked: list[str]
) -> None:
    for is_owner, words in written:
        said(owner if is_owner else member, " ".join(words))

    for person in (owner, member):
        found = find(person, " ".join(asked))
        for each in [*found.titles, *found.messages]:
            assert each.conversation.owner_id == person.pk


def test_a_search_that_takes_too_long_ends_with_a_sentence(
    owner_client: Client, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(owner, "walrus")

    def find_slowly(plan: object) -> None:
        raise TooSlow

    monkeypatch.setattr(engine(), "find", find_slowly)

    assert "That took too long." in get(owner_client, "walrus")


def test_a_statement_is_stopped_after_the_time(owner: Person) -> None:
    with pytest.raises(TooSlow):
        search_endlessly()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def search_endlessly() -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    with engine().limited(0.05), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            postgres._prepare(cursor)
        cursor.execute(endless)


async def test_of_searches_that_wait_only_the_newest_runs(owner: Person) -> None:
    ran, begun, release = [], asyncio.Event(), asyncio.Event()

    async def ask(number: int) -> None:
        async with concurrency.exclusive(owner.pk):
            begun.set()
            await release.wait()
            ran.append(number)

    tasks = [asyncio.create_task(ask(0))]
    await begun.wait()
    tasks += [asyncio.create_task(ask(number)) for number in (1, 2, 3)]
    await asyncio.sleep(0)
    release.set()
    ended = await asyncio.gather(*tasks, return_exceptions=True)

    assert ran == [0, 3]
    assert [type(each) for each in ended[1:3]] == [concurrency.Superseded] * 2
    assert not concurrency._running


async def test_a_search_keeps_its_turn_when_the_browser_leaves(owner: Person) -> None:
    begun, release = threading.Event(), threading.Event()

    def search_slowly() -> None:
        begun.set()
        release.wait(10)

    request = asyncio.create_task(concurrency.run_exclusively(owner.pk, search_slowly))
    await asyncio.to_thread(begun.wait, 10)
    request.cancel()
    await asyncio.wait([request])

    assert concurrency._running[owner.pk].locked()
    release.set()
    await asyncio.gather(*background.running(f"search:{owner.pk}"))
    assert not concurrency._running


async def test_one_persons_search_doesnt_wait_for_anothers(
    async_member_client: AsyncClient, owner: Person
) -> None:
    async with concurrency.exclusive(owner.pk):
        answer = await async_member_client.get("/search/", {"q": "walrus"}, headers=JSON)

    assert answer.status_code == HTTPStatus.OK
