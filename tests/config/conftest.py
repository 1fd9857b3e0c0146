"""Which of these tests take whole servers and minutes: they belong to `make soak`."""

import pytest

SLOW = {"test_reaching", "test_serving", "test_worker"}


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if item.path.stem in SLOW and item.path.parent.name == "config":
            item.add_marker(pytest.mark.soak)
