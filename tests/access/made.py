"""What the walk finds in the clinic besides the cast: a record of every kind, own and foreign."""

from tests.access.records import Records
from tests.people import Clinic


def make_records(clinic: Clinic) -> Records:
    """The clinic with one of everything."""
    return Records(clinic=clinic)
