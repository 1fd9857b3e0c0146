import pytest

from tests.people import Clinic, open_clinic


@pytest.fixture
def clinic(db) -> Clinic:
    return open_clinic()
