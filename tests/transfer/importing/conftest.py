"""The bucket of the tests of images, in which slices are stored too."""

from tests.images.conftest import bucket, bucket_url, use_bucket

__all__ = ["bucket", "bucket_url", "use_bucket"]
