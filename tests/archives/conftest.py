import pytest

from tests.people import open_clinic


@pytest.fixture
def clinic(db):
    return open_clinic()
