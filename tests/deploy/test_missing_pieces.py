"""A dyno explains missing pieces on pages and in commands, and never crashes."""

from pathlib import Path

import httpx

from tests.deploy.dyno import THROUGH_THE_ROUTER, run, serving

ADD_POSTGRES = "heroku addons:create heroku-postgresql:essential-0"


def test_without_a_database_every_page_shows_how_to_add_one(tmp_path: Path) -> None:
    with serving(tmp_path) as url:
        for path in ("/", "/welcome/", "/c/8d1f/", "/account/sign-in/"):
            answer = httpx.get(url + path, headers=THROUGH_THE_ROUTER)
            assert answer.status_code == 503
            assert ADD_POSTGRES in answer.text
            assert "<h1>" in answer.text


def test_the_dyno_answers_over_both_ip_protocols(tmp_path: Path) -> None:
    with serving(tmp_path) as url:
        for host in ("127.0.0.1", "[::1]"):
            assert httpx.get(url.replace("127.0.0.1", host) + "/healthz").text == "ok\n"


def test_a_dyno_does_not_use_a_database_in_a_file() -> None:
    released = run("release", DATABASE_URL="sqlite:///chat.sqlite3")

    assert released.returncode == 0
    assert ADD_POSTGRES in released.stderr


def test_a_release_whose_database_does_not_answer_fails() -> None:
    released = run("release", DATABASE_URL="postgres://u:p@127.0.0.1:1/chat")

    assert released.returncode == 1
    assert released.stderr.startswith("The database 127.0.0.1 (DATABASE_URL) can't be used: ")
    assert released.stderr.count("\n") == 1
