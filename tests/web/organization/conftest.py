import pytest


@pytest.fixture
def browse(as_member):
    return as_member
