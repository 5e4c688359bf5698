"""/transfer/ without scripts: begin, watch, cancel, download and remove an export."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange
from chatapp.jobs import runner
from chatapp.jobs.models import Job, State
from chatapp.transfer.archive import export
from tests.transfer.kit import body, content, made_export, steps

pytestmark = pytest.mark.django_db(transaction=True)

PAGE, START, REMOVAL = "/transfer/", "/transfer/exports/", "/transfer/exports/removal"


@pytest.fixture
def clients(member_client: Client, stranger_client: Client) -> tuple[Client, Client]:
    return member_client, stranger_client


def archive_url(job: Job) -> str:
    return f"/transfer/exports/{job.pk}/archive"


def page(client: Client) -> str:
    return client.get(PAGE).content.decode()


def test_an_export_is_begun_watched_and_downloaded(
    exchange: Exchange, owner: Person, owner_client: Client
) -> None:
    assert "Export everything" in page(owner_client)

    answer = owner_client.post(START)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    shown = page(owner_client)
    assert "Waiting for its turn" in shown
    assert '<noscript><meta http-equiv="refresh"' in shown

    job = Job.objects.get()
    steps(job, at_most=1)
    assert '<progress max="2" value="1">' in page(owner_client)
    steps(Job.objects.get())
    job = Job.objects.get()
    assert f'href="{archive_url(job)}"' in page(owner_client)
    assert body(owner_client, archive_url(job)) == content(job)


def test_selected_chats_are_exported_unless_an_export_is_being_made(
    exchange: Exchange, owner: Person, owner_client: Client
) -> None:
    chosen = {"conversation": [str(exchange.conversation.pk), "nonsense"]}
    many = {"conversation": [str(uuid.uuid4()) for _ in range(201)]}

    assert owner_client.post(START, many).json()["error"].startswith("You can export up to 200")
    assert owner_client.post(START, chosen).status_code == 302
    assert Job.objects.get().cursor == {"only": [str(exchange.conversation.pk)]}
    answer = owner_client.post(START, chosen)
    assert (answer.status_code, "is being made" in answer.json()["error"]) == (409, True)


def test_a_person_has_one_export_at_a_time(owner: Person, owner_client: Client) -> None:
    for _ in range(2):
        owner_client.post(START)
    first = Job.objects.get()
    steps(first)

    owner_client.post(START)
    assert export.export.of(owner).unfinished().count() == 1
    assert export.current(owner) != first
    runner.remove_expired()
    assert not Job.objects.filter(pk=first.pk).exists()


@pytest.mark.parametrize("is_finished", [False, True])
def test_an_export_is_cancelled_or_removed(
    owner: Person, owner_client: Client, is_finished: bool
) -> None:
    owner_client.post(START)
    job = Job.objects.get()
    if is_finished:
        steps(job)

    owner_client.post(REMOVAL)
    assert "Export everything" in page(owner_client)
    runner.remove_expired()
    assert not Job.objects.exists()
    assert owner_client.get(archive_url(job)).status_code == 404


def test_an_expired_export_is_gone(owner: Person, owner_client: Client) -> None:
    job = made_export(owner)
    Job.objects.update(expires_at=timezone.now())

    assert owner_client.get(archive_url(job)).status_code == 404
    assert "Export everything" in page(owner_client)


def test_a_failed_export_says_why_and_can_be_tried_again(
    owner: Person, owner_client: Client
) -> None:
    job = export.export.enqueue(owner)
    assert job.take()
    job.finish(State.FAILED, export.KEPT, "The database is full.")

    shown = page(owner_client)
    assert "The database is full." in shown
    assert "Try again" in shown
    assert owner_client.get(archive_url(job)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-9", 0, 10), ("bytes=100-", 100, None), ("bytes=-22", -22, None)],
)
def test_a_download_continues_anywhere(
    owner: Person, owner_client: Client, asked: str, start: int, stop: int | None
) -> None:
    job = made_export(owner)
    whole = content(job)

    answer = owner_client.get(archive_url(job), headers={"range": asked})
    first = start % len(whole)
    end = len(whole) if stop is None else stop
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {first}-{end - 1}/{len(whole)}"
    assert answer["Content-Length"] == str(end - first)
    assert body(owner_client, archive_url(job), range=asked) == whole[first:end]


def test_a_download_of_another_archive_begins_anew(owner: Person, owner_client: Client) -> None:
    job = made_export(owner)
    headers = {"range": "bytes=10-", "if-range": '"another"'}

    assert owner_client.get(archive_url(job), headers=headers).status_code == 200
    headers["if-range"] = owner_client.get(archive_url(job))["ETag"]
    assert owner_client.get(archive_url(job), headers=headers).status_code == 206


def test_bytes_behind_the_end_are_refused(owner: Person, owner_client: Client) -> None:
    job = made_export(owner)
    size = len(content(job))

    answer = owner_client.get(archive_url(job), headers={"range": f"bytes={size}-"})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{size}")


def test_every_byte_of_an_archive_can_be_the_first(owner: Person) -> None:
    job = made_export(owner)
    whole = content(job)

    for start in range(0, len(whole), 997):
        stop = min(start + 5, len(whole))
        assert content(job, start, stop) == whole[start:stop]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", PAGE, 200),
        ("get", START, 200),
        ("post", START, 302),
        ("post", REMOVAL, 302),
    ],
)
def test_a_member_has_pages_of_their_own(
    clients: tuple[Client, Client], owner: Person, method: str, path: str, status: int
) -> None:
    member_client, stranger_client = clients
    job = made_export(owner)

    answer = getattr(member_client, method)(path)
    assert answer.status_code == status
    assert str(job.pk) not in answer.content.decode()
    assert Job.objects.get(pk=job.pk).state == "done"
    assert Job.objects.get(pk=job.pk).expires_at > timezone.now()
    assert getattr(stranger_client, method)(path).status_code in (302, 401)


def test_an_archive_is_only_for_its_owner(
    owner: Person, owner_client: Client, member_client: Client, stranger_client: Client
) -> None:
    url = archive_url(made_export(owner))

    assert owner_client.head(url).status_code == 200
    assert member_client.get(url).status_code == 404
    assert stranger_client.get(url).status_code in (302, 401)
    assert owner_client.post(url).status_code == 405
    assert owner_client.get(REMOVAL).status_code == 405
