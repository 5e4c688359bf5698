"""Where images are stored, how much space is left, and whether the bucket works."""

import uuid

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from chatapp.diagnostics.results import Result, by_share, red, set_config
from chatapp.images import store
from chatapp.images.models import Image

FOLDER = "diagnostics/"  # the sweep for unused images leaves it alone
CONTENT = b"written by the diagnostics"


def check_storage() -> Result:
    if problem := _problem():
        return problem
    usage = Image.objects.total_usage()
    places = {"database": gettext("the database"), "bucket": gettext("the bucket")}
    facts = {
        "place": places[settings.IMAGE_STORE],
        "used": filesizeformat(usage.used),
        "quota": filesizeformat(usage.quota),
    }
    found = gettext("New images are stored in %(place)s. %(used)s of %(quota)s used.") % facts
    fix = gettext("Delete conversations with images, or allow more.")
    command = set_config(f"CHAT_IMAGE_QUOTA_TOTAL_MB={2 * settings.IMAGE_QUOTA_TOTAL_MB}")
    return by_share(usage.used, usage.quota, found, fix, command)


def _problem() -> Result | None:
    if settings.BUCKET and not _bucket_works():
        return red(
            gettext("The test file couldn't be written, read and deleted in the bucket."),
            gettext("Check its config vars (BUCKETEER_… or AWS_…). The log has its answer."),
        )
    if not settings.BUCKET and Image.objects.exclude(bucket_key="").exists():
        return red(
            gettext("Some images are in a bucket, but none is configured: nobody can see them."),
            gettext("Set the bucket's config vars again."),
        )
    return None


def _bucket_works() -> bool:
    key = f"{FOLDER}{uuid.uuid4().hex}"
    try:
        bucket = store.bucket()
        bucket.put(key, CONTENT)
        try:
            return bucket.get(key) == CONTENT
        finally:
            bucket.remove(key)
    except store.StoreUnavailable:
        return False
