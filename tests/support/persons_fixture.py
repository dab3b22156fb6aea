"""Fixtures of 184..189: `redis` for a file, `persons` (nobody there yet) for a test.

    from persons_fixture import persons, redis
"""
import pytest

from commons_fixture import redis  # noqa: F401
from persons import Persons


@pytest.fixture
def persons(redis):  # noqa: F811
    client = redis.client()
    client.call("FLUSHALL")
    return Persons(client)
