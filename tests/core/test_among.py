"""Rows by many values, asked with words that are always the same."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from kesher.core.among import found_among
from kesher.customers.models import Customer, CustomerBranch


@pytest.fixture
def people(clinic):
    return list(Customer.objects.order_by("pk"))


def test_gives_the_rows_that_hold_one_of_the_values(people):
    numbers = [one.pk for one in people[:3]]
    assert found_among(Customer, "pk", numbers, order=("pk",)) == people[:3]
    assert found_among(Customer, "pk", [*numbers, 0], order=("-pk",)) == people[2::-1]
    names = {one.name for one in people[:2]}
    held = found_among(Customer, "name", names, "pk", "name", order=("pk",))
    assert held == [(one.pk, one.name) for one in people[:2]]


def test_one_column_comes_flat(people):
    numbers = [one.pk for one in people]
    assert found_among(Customer, "pk", numbers, "name", order=("pk",)) == [p.name for p in people]


def test_a_condition_narrows_it(people):
    first = people[0]
    numbers = [one.pk for one in people]
    assert found_among(Customer, "pk", numbers, where=Q(pk=first.pk)) == [first]


def test_asks_nothing_where_there_are_no_values(people):
    with CaptureQueriesContext(connection) as asked:
        assert found_among(Customer, "pk", ()) == []
        assert found_among(Customer, "pk", {}) == []
    assert not asked.captured_queries


def test_any_number_of_values_is_one_statement(people):
    numbers = [one.pk for one in people]
    with CaptureQueriesContext(connection) as asked:
        assert len(found_among(Customer, "pk", [*numbers, *range(-40_000, 0)])) == len(people)
    assert len(asked.captured_queries) == 1


def test_hostile_values_are_values(people):
    hostile = ["' OR 1=1 --", '"]) OR 1=1 --', "\\", "{}", "%s"]
    assert found_among(Customer, "name", hostile) == []


def test_what_is_related_comes_along(people):
    uses = found_among(CustomerBranch, "customer", [one.pk for one in people], related=("branch",))
    assert uses
    with CaptureQueriesContext(connection) as asked:
        assert all(use.branch.name for use in uses)
    assert not asked.captured_queries
