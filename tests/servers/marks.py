"""Marks of tests that need servers from the system's packages; without them they are left out."""

import pytest

from tests.servers import postgres, redis

needs_postgres = pytest.mark.skipif(not postgres.is_installed(), reason=postgres.NOT_INSTALLED)
needs_redis = pytest.mark.skipif(not redis.is_installed(), reason=redis.NOT_INSTALLED)
