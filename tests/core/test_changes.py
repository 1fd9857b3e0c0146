"""Two people change one record: different fields merge, the same field shows both values."""

import pytest
from django.db import transaction

from kesher.core.changes import EditConflict, change, new_batch
from kesher.core.models import Change
from kesher.customers.models import Customer

pytestmark = pytest.mark.django_db


@transaction.atomic
def write(clinic, name, seen=None, who="receptionist", **values):
    customer = clinic.customers[name]
    return change(by=clinic.actor(who), record=customer, values=values, seen=seen)


def test_writes_what_differs_and_remembers_both_sides(clinic):
    noa, differing = write(clinic, "noa", about="Afraid of needles", city="חיפה")

    kept = Change.objects.get(record_id=noa.pk, version=noa.version)
    assert differing == {"about": "Afraid of needles"}
    assert (kept.before, kept.after) == ({"about": ""}, {"about": "Afraid of needles"})
    assert kept.actor_id == clinic.members["receptionist"].pk


def test_writes_nothing_where_nothing_differs(clinic):
    version = clinic.customers["noa"].version
    before = Change.objects.count()

    noa, differing = write(clinic, "noa", city="חיפה")

    assert (noa.version, differing, Change.objects.count()) == (version, {}, before)


def test_different_fields_merge(clinic):
    seen = clinic.customers["noa"].version
    write(clinic, "noa", seen=seen, about="Likes mornings")
    noa, _differing = write(clinic, "noa", seen=seen, who="manager", city="נשר")

    noa.refresh_from_db()
    assert (noa.about, noa.city) == ("Likes mornings", "נשר")


def test_the_same_field_shows_both_values(clinic):
    seen = clinic.customers["noa"].version
    write(clinic, "noa", seen=seen, city="נשר")
    with pytest.raises(EditConflict) as refused:
        write(clinic, "noa", seen=seen, who="manager", city="עכו")

    (clash,) = refused.value.clashes
    assert (clash.field, clash.theirs, clash.mine) == ("city", "נשר", "עכו")
    assert clash.by == clinic.members["receptionist"].name
    assert Customer.objects.get(pk=clinic.customers["noa"].pk).city == "נשר"


def test_the_same_value_twice_is_no_conflict(clinic):
    seen = clinic.customers["noa"].version
    write(clinic, "noa", seen=seen, city="נשר")
    _noa, differing = write(clinic, "noa", seen=seen, who="manager", city="נשר")

    assert differing == {}


def test_a_relation_is_kept_by_its_number(clinic):
    agent = clinic.members["agent"]
    noa, differing = write(clinic, "noa", owner=agent)

    assert noa.owner == agent
    assert differing == {"owner": agent}
    assert Change.objects.get(record_id=noa.pk, version=noa.version).after == {"owner": agent.pk}


def test_batches_have_names_of_their_own():
    assert len({new_batch() for _ in range(100)}) == 100
