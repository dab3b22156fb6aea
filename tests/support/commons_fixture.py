"""Fixtures of the 1xx tests: `redis` for a file, `commons` (nothing created yet) for a test.

    from commons_fixture import commons, redis
"""
import pytest

from commons import Commons
from redis_server import RedisServer


@pytest.fixture(scope="module")
def redis():
    with RedisServer(appendfsync="no") as server:
        yield server


@pytest.fixture
def commons(redis):
    client = redis.client()
    client.call("FLUSHALL")
    return Commons(client)
