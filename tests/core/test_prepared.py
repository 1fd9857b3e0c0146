"""A question that is worded once gives what Django's own query would give, each time it is asked."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections
from django.db.models import BigIntegerField, CharField, Q, QuerySet

from kesher.core.prepared import known, prepared, rows_counted
from kesher.customers.models import Customer
from kesher.organization.models import Branch

built: list[str] = []


@prepared(pk=BigIntegerField())
def by_number(seen: Q, pk) -> QuerySet[Customer]:
    built.append("by number")
    return Customer.objects.filter(seen, pk=pk).select_related("owner")


@prepared(city=CharField())
def in_city(city) -> QuerySet:
    return Customer.objects.filter(city=city).order_by("pk").values_list("pk", flat=True)


@pytest.fixture
def people(clinic):
    return list(Customer.objects.order_by("pk"))


def test_gives_what_the_query_gives(people):
    for one in people:
        (found,) = by_number(Q(), pk=one.pk)
        plain = Customer.objects.select_related("owner").get(pk=one.pk)
        assert type(found) is Customer
        assert {k: v for k, v in vars(found).items() if k != "_state"} == {
            k: v for k, v in vars(plain).items() if k != "_state"
        }
        assert "owner" in found._state.fields_cache
    assert by_number(Q(), pk=0) == []


def test_is_built_once_for_each_policy_and_never_for_a_value(people):
    built.clear()
    first, second = people[:2]
    hers, none = Q(pk=first.pk), Q(pk__in=[])
    for _ in range(3):
        assert by_number(hers, pk=first.pk) == [first]
        assert by_number(hers, pk=second.pk) == []
        assert by_number(none, pk=first.pk) == []
        assert by_number(Q(pk=second.pk), pk=second.pk) == [second]
    assert built == ["by number"] * 3


def test_a_value_is_no_part_of_the_statement(people, clinic):
    hostile = "' OR 1=1 --"
    assert in_city(city=hostile) == []
    Customer.objects.filter(pk=people[0].pk).update(city=hostile)
    assert in_city(city=hostile) == [people[0].pk]


def test_what_was_written_since_is_read(people):
    first = people[0]
    assert by_number(Q(), pk=first.pk)[0].city == first.city
    Customer.objects.filter(pk=first.pk).update(city="Elsewhere")
    assert by_number(Q(), pk=first.pk)[0].city == "Elsewhere"


def test_counts_in_one_row(people):
    rows = Customer.objects.order_by().values_list(rows_counted(), flat=True)
    assert known(("test", "counted"), lambda: rows) == [len(people)]


def test_what_would_fetch_more_beside_is_refused(people):
    with pytest.raises(ValueError, match="worded before"):
        known(("test", "beside"), lambda: Branch.objects.prefetch_related("members"))


@pytest.mark.django_db(transaction=True)
def test_threads_that_ask_together_get_each_their_own(clinic):
    pks = list(Customer.objects.values_list("pk", flat=True))
    wrong: list[tuple[int, list[int]]] = []

    def ask(pk: int) -> None:
        try:
            for _ in range(100):
                got = [one.pk for one in by_number(Q(), pk=pk)]
                if got != [pk]:
                    wrong.append((pk, got))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(pk,)) for pk in pks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert connection.is_usable()
