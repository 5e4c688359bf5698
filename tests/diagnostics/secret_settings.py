"""A configuration in which every secret is a word that tests can search for."""

from typing import Any

import pytest
from environs import Env

from chatapp.inference import Service
from chatapp.server import email_configuration, image_configuration

SECRETS = {
    "key": "inf-secretofthekey",
    "redis": "secretofredis",
    "email": "secretofemail",
    "database": "secretofdatabase",
    "session": "secretofsessions" * 3,
    "bucket id": "secretofbucketid",
    "bucket": "secretofbucket",
}


def configure_secrets(settings: Any, patch: pytest.MonkeyPatch, service_url: str) -> None:
    """Only the service exists, so that most checks fail."""
    settings.SERVICE = Service("compatible", service_url, SECRETS["key"])
    settings.REDIS_URL = f"redis://:{SECRETS['redis']}@127.0.0.1:1"
    url = f"smtp://me:{SECRETS['email']}@127.0.0.1:1"
    settings.MAILERS = {"default": email_configuration.email_backend(url, False)}
    settings.SECRET_KEY = SECRETS["session"]
    patch.setitem(settings.DATABASES["default"], "PASSWORD", SECRETS["database"])
    variables = {
        "AWS_S3_BUCKET": "images",
        "AWS_ACCESS_KEY_ID": SECRETS["bucket id"],
        "AWS_SECRET_ACCESS_KEY": SECRETS["bucket"],
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
    }
    with pytest.MonkeyPatch.context() as environment:
        for variable, value in variables.items():
            environment.setenv(variable, value)
        settings.BUCKET = image_configuration.bucket(Env())
    settings.STORAGES = settings.STORAGES | {"images": settings.BUCKET}
