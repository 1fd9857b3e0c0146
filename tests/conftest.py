"""What every test starts from. The cast is in `people.py`; the real server in `running.py`."""

import pytest
from django.core.cache import cache
from django.utils import translation


@pytest.fixture(autouse=True)
def in_english():
    """What one test leaves active must not speak in the next."""
    with translation.override("en"):
        yield


@pytest.fixture
def forgotten_attempts(db):
    """Counts of failed sign-ins begin anew."""
    cache.clear()
