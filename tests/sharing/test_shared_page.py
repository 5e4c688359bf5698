"""The page of a share: what it shows, its headers, and who is counted."""

from http import HTTPStatus

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message, add_exchange
from chatapp.rendering import VERSION
from chatapp.sharing.models import Share, Snapshot
from tests.sharing.conftest import change
from tests.support.replies import complete, new_message

pytestmark = pytest.mark.django_db


def test_the_page_shows_what_was_chosen(stranger_client: Client, share: Share, url: str) -> None:
    shown = stranger_client.get(url).text

    for text in ("Hello", "A reply.", "Ada", "Deep", "Looked up", "clouds", f"{url}images/1"):
        assert text in shown
    change(share, with_images=False, with_thinking=False, with_tool_calls=False, author_name="")
    shown = stranger_client.get(url).text
    for text in ("Ada", "Deep", "Looked up", "clouds", "images/1"):
        assert text not in shown
    assert "1 image isn't included." in shown


def test_the_page_names_nothing_of_the_author_or_of_elsewhere(
    stranger_client: Client, share: Share, url: str, owner: Person
) -> None:
    shown = stranger_client.get(url).text

    for secret in (owner.email, str(owner.pk), str(share.pk), str(share.conversation_id)):
        assert secret not in shown
    assert "<script" not in shown
    assert "csrf" not in shown


def test_the_headers_keep_scripts_robots_caches_and_referrers_away(
    stranger_client: Client, url: str
) -> None:
    for path in (url, f"{url}images/1"):
        answer = stranger_client.get(path)
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"].startswith("noindex")
        assert answer["Cache-Control"] == "private, no-store"
        assert not answer.cookies
    policy = stranger_client.get(url)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy
    assert "form-action 'none'" in policy


def test_later_messages_wait_for_an_update(
    stranger_client: Client, owner_client: Client, owner: Person, share: Share, url: str
) -> None:
    later = add_exchange(owner, new_message("Later", share.conversation_id))
    complete(later.reply, "Much later.")
    Message.objects.filter(position=1).update(text="Rewritten", html="<p>Rewritten</p>")
    assert "ater" not in stranger_client.get(url).text
    assert "Rewritten" not in stranger_client.get(url).text

    owner_client.post(f"/c/{share.conversation_id}/share/snapshot")

    shown = stranger_client.get(url).text
    assert "Much later." in shown
    assert "Rewritten" in shown


def test_views_of_others_are_counted(
    stranger_client: Client, member_client: Client, owner_client: Client, share: Share, url: str
) -> None:
    owner_client.get(url)
    stranger_client.head(url)
    stranger_client.get(url, headers={"Sec-Purpose": "prefetch;prerender"})
    stranger_client.get(url, headers={"X-Moz": "prefetch"})
    stranger_client.get(f"{url}images/1")
    share.refresh_from_db()
    assert share.views == 0

    stranger_client.get(url)
    member_client.get(url)
    share.refresh_from_db()
    assert share.views == 2


def test_html_of_an_older_version_is_rendered_again_and_stored(
    stranger_client: Client, share: Share, url: str
) -> None:
    snapshot = share.snapshot
    snapshot.stored["messages"][1]["html"] = "<script>alert(1)</script>"
    snapshot.html_version = VERSION - 1
    snapshot.save()

    assert "alert" not in stranger_client.get(url).text
    stored = Snapshot.objects.get()
    assert stored.html_version == VERSION
    assert "script" not in stored.content.messages[1].html


def test_why_a_reply_failed_is_not_shown(
    stranger_client: Client, owner_client: Client, exchange: Exchange, share: Share, url: str
) -> None:
    secret = "The key inf-secret was refused."
    Message.objects.filter(pk=exchange.reply.pk).update(status="failed", error=secret)
    owner_client.post(f"/c/{share.conversation_id}/share/snapshot")

    shown = stranger_client.get(url).text
    assert "The reply was interrupted." in shown
    assert "secret" not in shown


def test_the_page_takes_few_queries(
    stranger_client: Client, url: str, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        assert stranger_client.get(url).status_code == HTTPStatus.OK
