from datetime import UTC, datetime

import pytest

from kesher.demo import loading, people

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def small(monkeypatch):
    """A clinic with few customers: it stands in a second."""
    monkeypatch.setattr(people, "FAMILIES", {"he": 6, "en": 3, "el": 3})
    monkeypatch.setattr(people, "SINGLES", {"he": 14, "en": 8, "el": 8})
    monkeypatch.setattr(loading, "WISHES", 6)


@pytest.fixture
def demo(db, small):
    """The small clinic, loaded."""
    return loading.load(now=NOW)
