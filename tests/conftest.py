"""What every Python test may ask for: `server`, one for the tests of a file; `full`."""
import os

import pytest

from server import Server


@pytest.fixture(scope="module")
def server():
    with Server() as one:
        yield one


@pytest.fixture
def full():
    return bool(os.environ.get("GROUNDSWELL_FULL"))


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not item.get_closest_marker("long"))
    if os.environ.get("GROUNDSWELL_FULL"):
        return
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(pytest.mark.skip(reason="only with ./test --full"))
