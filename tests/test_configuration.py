"""How config vars are read, and the sentences that refuse invalid ones."""

from __future__ import annotations

from typing import Any

import pytest
from environs import Env

from chatapp.server import configuration, email_configuration, image_configuration

BUCKETEER = {
    "BUCKETEER_AWS_ACCESS_KEY_ID": "key",
    "BUCKETEER_AWS_SECRET_ACCESS_KEY": "secret",
    "BUCKETEER_AWS_REGION": "eu-west-1",
    "BUCKETEER_BUCKET_NAME": "bucketeer-1",
}
PLAIN = {
    "AWS_ACCESS_KEY_ID": "plain-key",
    "AWS_SECRET_ACCESS_KEY": "plain-secret",
    "AWS_REGION": "us-west-2",
    "AWS_S3_BUCKET": "plain",
}
ENDPOINT = {"AWS_ENDPOINT_URL_S3": "https://storage.example.com"}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    def read(**variables: str) -> dict[str, Any] | None:
        for name in (*BUCKETEER, *PLAIN, *ENDPOINT, *image_configuration.BUCKET_NAMES):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        found = image_configuration.bucket(Env())
        return found and found["OPTIONS"]

    return read


def without(variables: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name not in names}


def test_the_add_on_is_enough(read: Any) -> None:
    assert read(**BUCKETEER) == {
        "access_key": "key",
        "secret_key": "secret",
        "session_profile": None,
        "bucket_name": "bucketeer-1",
        "region_name": "eu-west-1",
        "endpoint_url": None,
        "addressing_style": None,
        "location": "",
    }


def test_the_add_on_takes_precedence_over_plain_names(read: Any) -> None:
    options = read(**BUCKETEER, **PLAIN, **ENDPOINT)

    assert (options["bucket_name"], options["access_key"]) == ("bucketeer-1", "key")
    assert options["endpoint_url"] is None


@pytest.mark.parametrize("name", image_configuration.BUCKET_NAMES)
def test_a_bucket_can_be_set_under_several_names(read: Any, name: str) -> None:
    options = read(**without(PLAIN, "AWS_S3_BUCKET"), **{name: " mine "})

    assert options["bucket_name"] == "mine"
    assert (options["access_key"], options["region_name"]) == ("plain-key", "us-west-2")


def test_an_endpoint_needs_no_region(read: Any) -> None:
    options = read(**without(PLAIN, "AWS_REGION"), **ENDPOINT)

    assert options["endpoint_url"] == "https://storage.example.com"
    assert (options["region_name"], options["addressing_style"]) == ("us-east-1", "path")


def test_a_folder_is_optional(read: Any) -> None:
    assert read(**PLAIN, CHAT_BUCKET_FOLDER="/staging/")["location"] == "staging"


@pytest.mark.parametrize("variables", [{}, without(PLAIN, "AWS_S3_BUCKET"), ENDPOINT])
def test_keys_without_a_bucket_are_ignored(read: Any, variables: dict[str, str]) -> None:
    assert read(**variables) is None


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (without(PLAIN, "AWS_REGION"), "AWS_S3_BUCKET also needs AWS_REGION"),
        (
            {"S3_BUCKET": "mine"},
            "S3_BUCKET also needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY and AWS_REGION",
        ),
        (
            without(BUCKETEER, "BUCKETEER_AWS_SECRET_ACCESS_KEY"),
            "BUCKETEER_BUCKET_NAME also needs BUCKETEER_AWS_SECRET_ACCESS_KEY",
        ),
        (
            {**PLAIN, "AWS_ENDPOINT_URL_S3": "storage.example.com"},
            "AWS_ENDPOINT_URL_S3 must look like https://host",
        ),
    ],
)
def test_an_incomplete_bucket_is_refused(
    read: Any, variables: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ValueError) as refusal:
        read(**variables)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("chosen", "bucket", "store"),
    [
        ("auto", None, "database"),
        ("auto", {}, "database"),
        ("auto", {"BACKEND": "…"}, "bucket"),
        ("database", {"BACKEND": "…"}, "database"),
        ("database", None, "database"),
        ("bucket", {"BACKEND": "…"}, "bucket"),
    ],
)
def test_the_store_of_new_images_is_chosen(chosen: str, bucket: Any, store: str) -> None:
    assert image_configuration.image_store(chosen, bucket) == store


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ("s3", "CHAT_IMAGE_STORE must be auto, database or bucket"),
        ("bucket", "CHAT_IMAGE_STORE is bucket, and no bucket is configured"),
    ],
)
def test_an_unknown_or_missing_store_is_refused(chosen: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        image_configuration.image_store(chosen, None)


@pytest.mark.parametrize(
    ("stated", "on_dyno", "hosts", "own_name", "origin"),
    [
        ("", False, ["chat.example.com"], "", ""),
        ("https://a.example/", False, [], "", "https://a.example"),
        ("https://a.example", True, ["b.example"], "", "https://a.example"),
        ("", True, ["a.herokuapp.com"], "a.herokuapp.com", "https://a.herokuapp.com"),
        ("", True, ["chat.example.com"], "", "https://chat.example.com"),
        ("", True, ["a.example", "b.example"], "", ""),
        ("", True, ["*"], "", ""),
        ("", True, [".example.com"], "", ""),
    ],
)
def test_the_public_origin_is_derived(
    stated: str, on_dyno: bool, hosts: list[str], own_name: str, origin: str
) -> None:
    assert configuration.public_origin(stated, on_dyno, hosts, own_name) == origin


@pytest.mark.parametrize("stated", ["http://a.example", "a.example", "https://a.example/chat"])
def test_an_invalid_origin_is_refused(stated: str) -> None:
    with pytest.raises(ValueError, match="CHAT_PUBLIC_ORIGIN"):
        configuration.public_origin(stated, False, [], "")


@pytest.mark.parametrize(
    ("stated", "on_dyno", "own_name", "hosts"),
    [
        ([], False, "", ["localhost", "127.0.0.1", "[::1]"]),
        (["a.example"], False, "", ["a.example"]),
        ([], True, "", ["*"]),
        ([], True, "a.herokuapp.com", ["a.herokuapp.com"]),
        (["a.example"], True, "", ["a.example"]),
        (["a.example"], True, "a.herokuapp.com", ["a.example", "a.herokuapp.com"]),
    ],
)
def test_allowed_hosts_are_derived(
    stated: list[str], on_dyno: bool, own_name: str, hosts: list[str]
) -> None:
    assert configuration.hosts(stated, on_dyno, own_name) == hosts


@pytest.mark.parametrize(
    ("url", "port", "use_ssl"),
    [
        ("smtp://mail.example.com", 587, False),
        ("smtp://mail.example.com:2525", 2525, False),
        ("smtps://mail.example.com", 465, True),
        ("smtps://mail.example.com:587", 587, False),
    ],
)
def test_an_email_url_becomes_a_backend(url: str, port: int, use_ssl: bool) -> None:
    options = email_configuration.email_backend(url, on_dyno=True)["OPTIONS"]

    assert (options["port"], options["use_ssl"], options["use_tls"]) == (port, use_ssl, not use_ssl)


def test_without_an_email_server_a_dyno_logs_no_links() -> None:
    assert email_configuration.email_backend("", on_dyno=True)["BACKEND"].endswith(
        "dummy.EmailBackend"
    )
    assert "Console" in email_configuration.email_backend("", on_dyno=False)["BACKEND"]


def test_image_links_need_a_public_origin() -> None:
    assert image_configuration.image_delivery("link", "https://a.example") == "link"
    assert image_configuration.image_delivery("inline", "") == "inline"
    with pytest.raises(ValueError, match="needs CHAT_PUBLIC_ORIGIN"):
        image_configuration.image_delivery("link", "")
    with pytest.raises(ValueError, match="auto, link or inline"):
        image_configuration.image_delivery("both", "")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "redis://localhost",
        "redis://localhost:6379/0",
        "redis://[::1]:6379",
        "rediss://:p4ssword@ec2-1.compute.amazonaws.com:12345",
    ],
)
def test_a_redis_url_is_accepted(url: str) -> None:
    assert configuration.redis_url(f" {url}\n") == url


@pytest.mark.parametrize(
    "url",
    [
        "localhost:6379",
        "https://:p4ssword@localhost:6379",
        "redis://",
        "redis://:p4ssword@:6379",
        "redis://:p4ssword@localhost:port",
        "redis://:p4ssword@localhost:99999",
        "redis://:p4ssword@localhost/name",
        "redis://[::1:6379",
    ],
)
def test_an_invalid_redis_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="REDIS_URL must look like redis://host:6379") as refused:
        configuration.redis_url(url)
    assert "p4ssword" not in str(refused.value)


def test_a_setup_code_that_can_be_guessed_is_refused() -> None:
    assert configuration.setup_code(" 0123456789ab\n") == "0123456789ab"
    assert configuration.setup_code("") == ""
    with pytest.raises(ValueError, match="at least 12 characters"):
        configuration.setup_code("letmein")


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://api.example.com", "https://api.example.com"),
        (" http://127.0.0.1:8080/ ", "http://127.0.0.1:8080"),
        ("https://example.com/weather/", "https://example.com/weather"),
    ],
)
def test_a_service_url_is_normalised(url: str, base: str) -> None:
    assert configuration.base_url("CHAT_WEATHER_URL", url) == base


@pytest.mark.parametrize(
    "url", ["", "api.example.com", "ftp://a.example", "https://", "https://a?b=c", "http://a:b/"]
)
def test_an_invalid_service_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="CHAT_WEATHER_URL must look like"):
        configuration.base_url("CHAT_WEATHER_URL", url)
