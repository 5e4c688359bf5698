"""Read the config vars about images: where they are stored, and how the model gets them.

Each function refuses an invalid value with a ValueError whose text names the config var.
"""

import re
from typing import Any

from environs import Env

from chatapp.server.addresses import split_url

BUCKETEER = "BUCKETEER_BUCKET_NAME"
# Providers use different names. The first that is set is used.
BUCKET_NAMES = (
    "AWS_S3_BUCKET",
    "AWS_S3_BUCKET_NAME",
    "AWS_STORAGE_BUCKET_NAME",
    "S3_BUCKET",
    "S3_BUCKET_NAME",
)
ENDPOINT_NAMES = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
REGION_NAMES = ("AWS_REGION", "AWS_DEFAULT_REGION")

KEY = re.compile(r"[!-~]+")  # printable ASCII without spaces
BUCKET_NAME = re.compile(r"[\w.-]+", re.ASCII)
REGION = re.compile(r"[\w-]+", re.ASCII)
FOLDER = re.compile(r"[\w./ -]+", re.ASCII)


def bucket(env: Env) -> dict[str, Any] | None:
    """Return the bucket for images as an entry of STORAGES, None if there is none.

    The names of Heroku's Bucketeer add-on come before the general ones, which with an endpoint
    reach any S3-compatible service. Keys without a bucket may serve another purpose, so they are
    ignored.
    """
    if env.str(BUCKETEER, ""):
        named, prefix = BUCKETEER, "BUCKETEER_"
    else:
        named, prefix = _first(env, BUCKET_NAMES), ""
    if not env.str(named, "").strip():
        return None
    endpoint = "" if prefix else _endpoint(env)
    key, secret = f"{prefix}AWS_ACCESS_KEY_ID", f"{prefix}AWS_SECRET_ACCESS_KEY"
    region = _first(env, tuple(prefix + name for name in REGION_NAMES))
    missing = [name for name in (key, secret) if not env.str(name, "").strip()]
    if not (endpoint or env.str(region, "").strip()):
        missing.append(region)
    if missing:
        raise ValueError(f"{named} also needs {' and '.join(missing)}")
    options = {
        "access_key": _word(env, key),
        "secret_key": _word(env, secret),
        "session_profile": None,
        "bucket_name": _word(env, named, BUCKET_NAME),
        "region_name": _word(env, region, REGION) or "us-east-1",
        "endpoint_url": endpoint or None,
        # Some services have no host name for each bucket.
        "addressing_style": "path" if endpoint else None,
        "location": _word(env, "CHAT_BUCKET_FOLDER", FOLDER).strip("/ "),
    }
    return {"BACKEND": "chatapp.images.bucket.Bucket", "OPTIONS": options}


def _endpoint(env: Env) -> str:
    name = _first(env, ENDPOINT_NAMES)
    endpoint = env.str(name, "").strip()
    if endpoint and not split_url(endpoint, "https", "http"):
        raise ValueError(f"{name} must look like https://host")
    return endpoint


def _word(env: Env, name: str, allowed: re.Pattern[str] = KEY) -> str:
    """Return a value that has no character which would only fail at the first image."""
    value = env.str(name, "").strip()
    if value and not allowed.fullmatch(value):
        raise ValueError(f"{name} contains characters that can't be in it. Copy it again")
    return value


def image_store(chosen: str, bucket: dict[str, Any] | None) -> str:
    """Return where new images are stored: "database" or "bucket"."""
    if chosen not in ("auto", "database", "bucket"):
        raise ValueError("CHAT_IMAGE_STORE must be auto, database or bucket")
    if chosen == "bucket" and not bucket:
        raise ValueError("CHAT_IMAGE_STORE is bucket, and no bucket is configured")
    if chosen == "auto":
        return "bucket" if bucket else "database"
    return chosen


def _first(env: Env, names: tuple[str, ...]) -> str:
    """Return the first name that is set, or else the first name."""
    return next((name for name in names if env.str(name, "").strip()), names[0])


def image_delivery(wanted: str, origin: str) -> str:
    """Check how images reach the model; links need an address at which the app can be reached."""
    if wanted not in ("auto", "link", "inline"):
        raise ValueError("CHAT_IMAGE_DELIVERY is auto, link or inline")
    if wanted == "link" and not origin:
        raise ValueError("CHAT_IMAGE_DELIVERY=link needs CHAT_PUBLIC_ORIGIN")
    return wanted
