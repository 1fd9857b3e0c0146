"""One catalogue of fields: what a reader may not read is not in it, whoever declared it."""

import dataclasses

import pytest

from kesher.core.access import OPEN, SYSTEM, Actor, Scope, policy_of
from kesher.core.fields import (
    Field,
    Type,
    choices_of,
    classifications_of,
    fields_for,
    kind_of,
    kinds,
    label_of_ref,
)  # fmt: skip
from kesher.core.filters import KEY, RESERVED, ops_of
from kesher.organization.models import Member

ALL_FIELDS = [(kind, one) for kind in kinds() for one in kind.fields.values()]


def named(pair):
    return f"{pair[0].name}.{pair[1].name}"


def reader(*clearances, **grants) -> Actor:
    kinds = {"touch": "engagement.touch", "task": "engagement.task", "purchase": "billing.purchase"}
    return Actor(
        label="A reader",
        member_id=1,
        grants={(kinds[name], "view"): Scope.ALL for name in grants},
        clearances=frozenset({OPEN, *clearances}),
    )


@pytest.mark.parametrize("pair", ALL_FIELDS, ids=named)
def test_a_field_can_be_named_in_an_address(pair):
    _kind, one = pair
    assert KEY.match(one.name)
    assert one.name not in RESERVED
    assert ops_of(one)


@pytest.mark.parametrize("pair", ALL_FIELDS, ids=named)
def test_every_column_that_a_field_touches_is_classified(pair):
    kind, one = pair
    assert classifications_of(kind, one)


@pytest.mark.parametrize("pair", ALL_FIELDS, ids=named)
def test_a_field_is_read_by_nobody_who_lacks_one_of_its_clearances(pair):
    kind, one = pair
    needed = classifications_of(kind, one) - {OPEN}
    everything = reader(*needed, touch=True, task=True, purchase=True)
    assert one.name in fields_for(everything, kind)
    for missing in needed:
        without = dataclasses.replace(everything, clearances=everything.clearances - {missing})
        assert one.name not in fields_for(without, kind)


def test_what_is_kept_closely_is_classified_by_its_own_column():
    customers = kind_of("customers")
    kept = {
        name: sorted(classifications_of(customers, one) - {OPEN})
        for name, one in customers.fields.items()
        if classifications_of(customers, one) != {OPEN}
    }
    assert kept == {
        "phone": ["contact"], "email": ["contact"], "birth_on": ["personal"],
        "about": ["personal"], "wish": ["personal"], "bought": ["financial"],
        "purchases": ["financial"], "last_bought": ["financial"], "first_bought": ["financial"],
    }  # fmt: skip


def test_a_path_is_as_close_as_its_closest_column():
    tasks = kind_of("tasks")
    through_customer = Field(name="reach", label="Reach", lookup="customer__phone")
    assert classifications_of(tasks, through_customer) == {OPEN, "contact"}
    tasks.kept.pop("reach")


def test_a_sum_is_offered_only_to_those_who_may_see_what_it_sums():
    customers = kind_of("customers")
    cleared = reader("financial")
    assert "bought" not in fields_for(cleared, customers)
    assert "last_touch" not in fields_for(cleared, customers)
    granted = reader("financial", purchase=True, touch=True)
    assert {"bought", "last_touch"} <= fields_for(granted, customers).keys()
    assert "bought" not in fields_for(reader(purchase=True), customers)


def test_the_system_reads_every_field():
    for kind in kinds():
        assert fields_for(SYSTEM, kind) == kind.fields


def test_choices_name_only_records_that_may_be_seen(clinic):
    tasks = kind_of("tasks")
    owner = tasks.fields["owner"]
    everybody = {label for _value, label in choices_of(owner, clinic.actor("owner"))}
    assert everybody == set(Member.objects.values_list("name", flat=True))
    nobody = Actor(label="Nobody", member_id=99)
    assert choices_of(owner, nobody) == []
    assert choices_of(kind_of("customers").fields["source"], nobody) == []


def test_a_reference_out_of_sight_has_no_name(clinic):
    customer = kind_of("tasks").fields["customer"]
    eleni = clinic.customers["eleni"]
    assert label_of_ref(customer, clinic.actor("eilat"), eleni.pk) == "Ελένη Μάρκου"
    assert label_of_ref(customer, clinic.actor("receptionist"), eleni.pk) == ""


def test_types_know_how_they_are_compared():
    for one in Type:
        assert ops_of(Field(name="x", label="X", type=one))


def test_policies_name_the_columns_that_name_a_record():
    for _kind, one in ALL_FIELDS:
        if one.refers is not None:
            assert policy_of(one.refers).label
