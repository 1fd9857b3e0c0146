"""What is told of a change to a customer."""

import pytest

from kesher.core.models import Change
from kesher.customers.timeline import _fields

pytestmark = pytest.mark.django_db  # the fields of the business's own are rows


def test_of_contacts_only_what_came_went_or_changed_is_told():
    def point(raw, label=""):
        return {"kind": "phone", "normal": raw, "raw": raw, "label": label}

    kept, gone, new = point("050-1"), point("050-2"), point("050-3", "work")
    row = Change(
        before={"contacts": [kept, gone, point("050-4")]},
        after={"contacts": [point("050-4", "home"), kept, new]},
    )

    (change,) = _fields(row, ["contacts"], {})

    assert (change.before, change.after) == ("050-2, 050-4", "050-4 home, 050-3 work")
