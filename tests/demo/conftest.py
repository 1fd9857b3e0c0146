from datetime import UTC, datetime

import pytest

from kesher.demo import loading, people
from kesher.organization.held import forget_rights
from tests.snapshot import Snapshot

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def small(monkeypatch):
    """A clinic with few customers: it stands in a second."""
    monkeypatch.setattr(people, "FAMILIES", {"he": 6, "en": 3, "el": 3})
    monkeypatch.setattr(people, "SINGLES", {"he": 14, "en": 8, "el": 8})
    monkeypatch.setattr(loading, "WISHES", 6)


@pytest.fixture(scope="session")
def loaded_once() -> dict:
    """What the small clinic holds, once it was loaded."""
    return {}


@pytest.fixture
def demo(db, small, loaded_once):
    """The small clinic, loaded; how much there is of each."""
    if loaded_once:
        loaded_once["rows"].put_back()
        forget_rights()
    else:
        rows = Snapshot()
        loaded_once["counts"] = loading.load(now=NOW)
        rows.take()
        loaded_once["rows"] = rows
    return dict(loaded_once["counts"])
