import pytest

from tests.access.canaries import Cage, plant_canaries
from tests.access.made import make_records
from tests.people import Clinic


@pytest.fixture
def cage(clinic: Clinic) -> Cage:
    records = make_records(clinic)
    return Cage(records, plant_canaries(records))
