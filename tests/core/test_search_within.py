"""Words typed over a list: a condition that sorts, counts and pages like any other."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kesher.core.access import SYSTEM, visible
from kesher.core.search_within import within
from kesher.customers.commands.adding import NewCustomer, add_customers
from kesher.customers.models import Customer


def found(actor, text) -> set[str]:
    return {row.name for row in within(actor, "customer", text, visible(actor, Customer))}


@pytest.mark.parametrize("typed", ["נועה", "שלו נועה", "נועה ש", "חיפה", "6473190", "052-647-3190"])
def test_words_names_places_and_numbers(clinic, typed):
    assert found(clinic.actor("owner"), typed) == {"נועה שלו"}


def test_a_name_and_a_part_of_the_number_stand_in_two_entries(clinic):
    assert found(clinic.actor("owner"), "נועה 6473190") == {"נועה שלו"}
    assert found(clinic.actor("owner"), "Ελένη 6473190") == set()


def test_names_are_met_in_another_script_where_none_is_written_so(clinic):
    assert found(clinic.actor("owner"), "Yosef Cohen") == {"יוסף כהן"}
    add_customers(by=SYSTEM, customers=[NewCustomer(name="Yosef Cohen", branches=[clinic.haifa])])
    assert found(clinic.actor("owner"), "Yosef Cohen") == {"Yosef Cohen"}


def test_nobody_is_found_by_what_may_not_be_read(clinic):
    owner = clinic.actor("owner")
    uncleared = type(owner)(
        label="Uncleared", member_id=owner.member_id, grants=owner.grants,
        branches=owner.branches,
    )  # fmt: skip
    assert found(uncleared, "6473190") == set()
    assert found(uncleared, "noa@example.test") == set()
    assert found(uncleared, "נועה") == {"נועה שלו"}


def test_a_branch_finds_its_own(clinic):
    assert found(clinic.actor("receptionist"), "Ελένη") == set()
    assert found(clinic.actor("eilat"), "Ελένη") == {"Ελένη Μάρκου"}


@given(text=st.text(max_size=60) | st.text(alphabet="'\"*()^:-+~&|!<>\\ אα1", max_size=20))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_text_is_a_fault(db, text):
    assert list(within(SYSTEM, "customer", text, Customer.objects.all())) == []
