"""Where images are kept, how much room is left, and whether the bucket does its work."""

import uuid

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from chatapp.doctor.commands import config
from chatapp.doctor.result import Result, by_share, red
from chatapp.images import store
from chatapp.images.models import Image

FOLDER = "doctor/"  # not one that is swept for images
CONTENT = b"written by the doctor"


def look() -> Result:
    if problem := _problem():
        return problem
    usage = Image.objects.total_usage()
    places = {"database": gettext("the database"), "bucket": gettext("the bucket")}
    words = {
        "place": places[settings.IMAGE_STORE],
        "used": filesizeformat(usage.used),
        "quota": filesizeformat(usage.quota),
    }
    found = gettext("New images go to %(place)s; %(used)s of %(quota)s are taken.") % words
    fix = gettext("Delete conversations with images, or allow more.")
    command = config(f"CHAT_IMAGE_QUOTA_TOTAL_MB={2 * settings.IMAGE_QUOTA_TOTAL_MB}")
    return by_share(usage.used, usage.quota, found, fix, command)


def _problem() -> Result | None:
    if settings.BUCKET:
        return (
            None
            if _bucket_works()
            else red(
                gettext("The bucket does not write, read and remove as it should."),
                gettext(
                    "Check its config vars (BUCKETEER_… or AWS_…); the log says what it answered."
                ),
            )
        )
    if Image.objects.exclude(bucket_key="").exists():
        return red(
            gettext("Some images are in a bucket, and none is configured: nobody can see them."),
            gettext("Set the config vars of the bucket again."),
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
