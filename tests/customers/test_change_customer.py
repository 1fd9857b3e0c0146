"""Changing what is known of a customer: merged with others' changes, or both shown."""

import datetime

import pytest

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.changes import EditConflict
from kesher.core.models import Change, EventRecord
from kesher.core.search import find
from kesher.customers import typed
from kesher.customers.commands.adding import NumberTaken
from kesher.customers.commands.changing import HoursReversed, NotChangeable, change_customer
from kesher.customers.models import Customer


def test_changes_what_differs_and_remembers_it(clinic):
    noa = clinic.customers["noa"]

    changed = change_customer(
        by=clinic.actor("receptionist"),
        customer=noa,
        values={"city": "עכו", "language": "he"},
        batch="b",
    )

    assert (changed.city, changed.version) == ("עכו", 2)
    change = Change.objects.get(batch="b")
    assert (change.before, change.after) == ({"city": "חיפה"}, {"city": "עכו"})


def test_nothing_new_is_no_change(clinic):
    noa = clinic.customers["noa"]
    before = EventRecord.objects.count()

    same = change_customer(by=SYSTEM, customer=noa, values={"city": "חיפה"})

    assert (same.version, EventRecord.objects.count()) == (1, before)


def test_first_and_last_name_changed_by_two_merge_into_one_name(clinic):
    noa = clinic.customers["noa"]

    change_customer(by=SYSTEM, customer=noa, values={"first_name": "Dana"}, seen=1)
    merged = change_customer(by=SYSTEM, customer=noa, values={"last_name": "Levi"}, seen=1)

    assert (merged.name, merged.sort_name) == ("Dana Levi", "levi dana")
    assert Customer.objects.get(pk=noa.pk).name == "Dana Levi"


def test_the_same_field_shows_both_values(clinic):
    noa = clinic.customers["noa"]
    change_customer(by=clinic.actor("manager"), customer=noa, values={"city": "Acre"}, seen=1)

    with pytest.raises(EditConflict) as refused:
        change_customer(by=SYSTEM, customer=noa, values={"city": "Tyre"}, seen=1)

    (clash,) = refused.value.clashes
    assert (clash.field, clash.theirs, clash.mine, clash.by) == (
        "city",
        "Acre",
        "Tyre",
        "Manager Cohen",
    )


def test_a_whole_name_becomes_its_parts(clinic):
    changed = change_customer(
        by=SYSTEM, customer=clinic.customers["noa"], values={"name": "Noa Ben Ami"}
    )

    assert (changed.first_name, changed.last_name) == ("Noa Ben", "Ami")


def test_is_found_under_the_new_name_only(clinic):
    actor = clinic.actor("receptionist")

    change_customer(by=actor, customer=clinic.customers["noa"], values={"name": "Ruth Zilber"})

    assert [hit.title for hit in find(actor, "zilber")] == ["Ruth Zilber"]
    assert find(actor, "נועה שלו") == []


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"reference": "C-100"}, NumberTaken),
        ({"first_name": "", "last_name": ""}, typed.NameMissing),
        ({"preferred_from": datetime.time(12), "preferred_until": datetime.time(9)}, HoursReversed),
        ({"phone": "1"}, NotChangeable),
        ({"is_demo": True}, NotChangeable),
        ({"stage": "best"}, typed.ChoiceUnknown),
        ({"about": "x" * 20_001}, typed.TooLong),
        ({"birth_on": datetime.date(9999, 1, 1)}, typed.DayImpossible),
    ],
)
def test_refuses_what_cannot_be_and_changes_nothing(clinic, values, why):
    noa = clinic.customers["noa"]

    with pytest.raises(why):
        change_customer(by=SYSTEM, customer=noa, values={"city": "Acre", **values})

    assert Customer.objects.get(pk=noa.pk).city == "חיפה"


def test_keeps_his_own_number(clinic):
    yosef = clinic.customers["yosef"]

    changed = change_customer(by=SYSTEM, customer=yosef, values={"reference": "C-100", "city": "X"})

    assert changed.reference == "C-100"


def test_another_branch_may_not(clinic):
    with pytest.raises(AccessDenied):
        change_customer(
            by=clinic.actor("eilat"), customer=clinic.customers["noa"], values={"city": "Acre"}
        )


def test_nobody_writes_what_he_may_not_read(clinic):
    with pytest.raises(AccessDenied):
        change_customer(
            by=clinic.actor("agent"),
            customer=clinic.customers["yosef"],
            values={"birth_on": datetime.date(1990, 1, 1)},
        )
