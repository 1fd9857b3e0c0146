"""Pages by what stands at their edge: each row once, in order, whatever comes or goes meanwhile."""

import base64
import datetime
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kesher.billing.models import PurchaseSummary
from kesher.core import paging
from kesher.core.cursors import Order
from kesher.core.paging import count_up_to, neighbours, page
from kesher.customers.models import Customer
from kesher.engagement.models import Task

quick = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ORDERS = [
    Order(columns, descending)
    for columns in (
        (), ("sort_name",), ("city", "sort_name"), ("reference",), ("since_on",), ("created_at",),
        ("bought__total",), ("bought__last_on",), ("bought__count",),
    )
    for descending in (False, True)
]  # fmt: skip
DAY = datetime.date(2026, 1, 1)


@st.composite
def customers(draw):
    """A few rows with many ties and gaps."""
    small = st.integers(0, 3)
    maybe = st.none() | small
    return draw(st.lists(st.tuples(small, maybe, maybe, maybe), min_size=0, max_size=14))


def put(rows) -> None:
    # Nothing hangs on these rows: asking all tables whether something does is half the time.
    for model in (PurchaseSummary, Customer):
        model.objects.all()._raw_delete("default")
    made = Customer.objects.bulk_create(
        Customer(
            name=str(name), sort_name="" if name == 3 else str(name),
            city="" if city is None else str(city),
            reference=None if city is None else f"R{number % 5}{number}",
            since_on=None if day is None else DAY + datetime.timedelta(days=day),
        )
        for number, (name, city, day, _bought) in enumerate(rows)
    )  # fmt: skip
    PurchaseSummary.objects.bulk_create(
        PurchaseSummary(
            customer=customer, currency="ILS", total=Decimal(bought) + Decimal("0.1"),
            count=bought, last_on=DAY + datetime.timedelta(days=bought) if bought else None,
        )
        for customer, (*_others, bought) in zip(made, rows, strict=True)
        if bought is not None
    )  # fmt: skip


def key(customer: Customer, order: Order):
    """What the database is to sort by: something before nothing, then the value, then the rest."""
    values = []
    for path in order.columns:
        held = customer
        for part in path.split("__"):
            held = getattr(held, part, None)
        values.append(held)
    if not values:
        return (0, ()), customer.pk
    lacks = values[0] is None or (values[0] == "" and order.columns[0] == "city")
    return (int(lacks), tuple(values[1:] if lacks else values)), customer.pk


def expected(order: Order) -> list[int]:
    rows = list(Customer.objects.select_related("bought"))
    rows.sort(key=lambda row: (key(row, order)[0][1], row.pk), reverse=order.descending) if all(
        key(row, order)[0][0] == 0 for row in rows
    ) else None
    filled = [row for row in rows if key(row, order)[0][0] == 0]
    empty = [row for row in rows if key(row, order)[0][0] == 1]
    for part in (filled, empty):
        part.sort(key=lambda row: (key(row, order)[0][1], row.pk), reverse=order.descending)
    return [row.pk for row in filled + empty]


def walk(order: Order, size: int, rows=None, *, narrowed: bool = False) -> list:
    pages, at = [], ""
    while True:
        rows = Customer.objects.all() if rows is None else rows
        found = page(rows, order, ("name",), at=at, size=size, narrowed=narrowed)
        pages.append(found)
        if not found.forth:
            return pages
        at = found.forth


@pytest.mark.parametrize("order", ORDERS, ids=str)
@given(rows=customers(), size=st.integers(1, 4))
@quick
def test_every_row_is_met_once_and_in_order(db, order, rows, size):
    put(rows)
    pages = walk(order, size)
    assert [row[0] for found in pages for row in found.rows] == expected(order)
    assert [found.start for found in pages] == [1 + at * size for at in range(len(pages))]
    assert all(len(row) == 2 for found in pages for row in found.rows)


@pytest.mark.parametrize("order", ORDERS, ids=str)
@given(rows=customers(), size=st.integers(1, 4))
@quick
def test_going_back_shows_the_same_pages(db, order, rows, size):
    put(rows)
    pages = walk(order, size)
    at = pages[-1].back
    for before in reversed(pages[:-1]):
        found = page(Customer.objects.all(), order, ("name",), at=at, size=size)
        assert (found.rows, found.start) == (before.rows, before.start)
        assert bool(found.back) is bool(before.back)
        at = found.back
    assert at == ""


@pytest.mark.parametrize("order", ORDERS, ids=str)
@given(near=st.sampled_from([1, 2, 20]), rows=customers(), size=st.integers(1, 3))
@quick
def test_looking_at_the_nearest_first_changes_nothing(db, monkeypatch, order, near, rows, size):
    monkeypatch.setattr(paging, "NEAR", near)
    put(rows)
    some = Customer.objects.filter(name__in=["0", "2"])
    pages = walk(order, size, some, narrowed=True)
    assert pages == walk(order, size, some)
    if pages[-1].back:
        asked = {"at": pages[-1].back, "size": size}
        assert page(some, order, ("name",), narrowed=True, **asked) == pages[-2]


@pytest.mark.parametrize("order", ORDERS, ids=str)
@given(rows=customers())
@quick
def test_each_row_knows_its_neighbours(db, order, rows):
    put(rows)
    pks = expected(order)
    for at, pk in enumerate(pks):
        before = pks[at - 1] if at else None
        after = pks[at + 1] if at + 1 < len(pks) else None
        assert neighbours(Customer.objects.all(), order, pk) == (before, after)


def test_rows_that_come_meanwhile_move_nothing(db):
    put([(1, 1, 1, 1)] * 6)
    order = Order(("sort_name",))
    first = page(Customer.objects.all(), order, size=3)
    Customer.objects.create(name="0", sort_name="0")
    Customer.objects.create(name="9", sort_name="9")
    second = page(Customer.objects.all(), order, at=first.forth, size=3)
    assert len({row[0] for row in (*first.rows, *second.rows)}) == 6


def test_rows_of_one_moment_are_not_lost(db):
    """SQLite keeps .123, Python writes .123000, and as text the two differ."""
    Customer.objects.bulk_create(Customer(name=str(n), sort_name=str(n)) for n in range(9))
    assert Customer.objects.values("created_at").distinct().count() == 1
    pages = walk(Order(("created_at",)), 2)
    assert sum(len(found.rows) for found in pages) == 9


def test_a_neighbour_is_found_beside_a_row_that_left_the_list(db):
    put([(0, None, None, None), (1, None, None, None), (2, None, None, None)])
    low, middle, high = Customer.objects.order_by("sort_name")
    others = Customer.objects.exclude(pk=middle.pk)
    assert neighbours(others, Order(("sort_name",)), middle.pk) == (low.pk, high.pk)
    assert neighbours(others, Order(("sort_name",)), 10**9) == (None, None)


def test_where_everything_behind_a_page_is_gone_the_list_begins_anew(db):
    put([(1, 1, 1, 1)] * 4)
    order = Order(("sort_name",))
    first = page(Customer.objects.all(), order, size=2)
    Customer.objects.filter(pk__gt=first.rows[-1][0]).delete()
    assert page(Customer.objects.all(), order, at=first.forth, size=2).rows == first.rows


def pack(held) -> str:
    return base64.urlsafe_b64encode(json.dumps(held).encode()).decode().rstrip("=")


FORGED = [
    "x", "====", "é", "a" * 5000, pack([]), pack({}), pack(None), pack([1, 1, 0, [], 1]),
    pack([1, 1, 0, ["a"], -1]), pack([1, 1, 0, ["a"], 2**70]), pack([1, 1, 0, ["a", "b"], 1]),
    pack([1, "x", 0, ["a"], 1]), pack([1, 1, 1, ["a"], 1]), pack([1, 1, 0, [None], 1]),
    pack([1, 1, 0, [["a"]], 1]), pack([1, 1, 0, [{"a": 1}], 1]), pack([1, 1, 0, ["a\0b"], 1]),
    pack([1, 1, 0, [True], 1]), pack([1, 1, 0, ["\ud800"], 1]), pack([1, 10**20, 0, ["a"], 1]),
    pack([1, 1, 0, ["1e999999999"], 1]), pack([1, 1, 0, ["NaN"], 1]), pack([1, 1, 0, [1e400], 1]),
    pack([1, 1, 0, ["2026-13-45"], 1]), pack([1, 1, 0, ["9999-99-99 99:99:99"], 1]),
    base64.urlsafe_b64encode(b"[" * 1000).decode(),
]  # fmt: skip


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("forged", FORGED, ids=lambda text: text[:30])
def test_a_forged_cursor_is_no_fault(db, order, forged):
    put([(1, 1, 1, 1), (2, None, None, None)])
    assert len(page(Customer.objects.all(), order, at=forged).rows) <= 2


@given(
    text=st.text(max_size=60) | st.binary(max_size=60).map(lambda b: base64.b64encode(b).decode())
)
@quick
def test_any_text_in_the_place_of_a_cursor_is_no_fault(db, text):
    for order in ORDERS:
        page(Customer.objects.all(), order, at=text)


@given(value=st.text(max_size=8) | st.integers() | st.none(), pk=st.integers(1, 2**63 - 1))
@quick
def test_any_value_in_a_cursor_is_no_fault(db, value, pk):
    for order in ORDERS:
        for is_empty in (0, 1):
            held = [value, "b"][: len(order.columns)]
            list(page(Customer.objects.all(), order, at=pack([1, 1, is_empty, held, pk])).rows)


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_pages_never_skip_rows_by_counting_and_need_as_many_queries_each(db, order):
    counts = set()
    for number in (1, 3, 50):
        put([(n % 3, n % 4, n % 5, n % 6) for n in range(number)])
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page(Customer.objects.all(), order, ("name",), size=50)
        assert not any("OFFSET" in query["sql"].upper() for query in captured.captured_queries)
        counts.add(len(captured))
    assert len(counts) == 1


INDEXES = {
    ("sort_name",): "customer_by_name", ("city", "sort_name"): "customer_by_city",
    ("since_on",): "customer_by_since", ("created_at",): "customer_by_created",
    ("bought__total",): "bought_by_total", ("bought__last_on",): "bought_by_last",
}  # fmt: skip


@pytest.mark.parametrize("order", [o for o in ORDERS if o.columns in INDEXES], ids=str)
def test_a_page_is_read_off_an_index(db, order):
    if connection.vendor != "sqlite":
        pytest.skip("a planner that weighs costs reads so few rows anyhow")
    put([(n % 3, n % 4, n % 5, n % 6) for n in range(60)])
    first = page(Customer.objects.all(), order, size=5)
    with CaptureQueriesContext(connection) as captured:
        page(Customer.objects.all(), order, at=first.forth, size=5)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {captured.captured_queries[0]['sql']}")
        plan = " / ".join(row[3] for row in cursor.fetchall())
    assert f"SEARCH {'customers_customer' if '__' not in order.columns[0] else 'billing'}" in plan
    assert INDEXES[order.columns] in plan
    assert "TEMP B-TREE" not in plan


def test_sorting_over_a_link_keeps_rows_without_one(clinic):
    Task.objects.create(title="For nobody")
    Task.objects.create(title="For Noa", customer=clinic.customers["noa"])
    Task.objects.create(title="For Yosef", customer=clinic.customers["yosef"])
    rows = page(Task.objects.all(), Order(("customer__sort_name",)), ("title",), size=2)
    rest = page(
        Task.objects.all(), Order(("customer__sort_name",)), ("title",), at=rows.forth, size=2
    )
    titles = [row[1] for row in (*rows.rows, *rest.rows)]
    assert titles[-1] == "For nobody"
    assert set(titles) == {"For Noa", "For Yosef", "For nobody"}


def test_counting_stops_where_it_is_told(db):
    put([(1, 1, 1, 1)] * 5)
    assert count_up_to(Customer.objects.all(), 10) == (5, True)
    assert count_up_to(Customer.objects.all(), 5) == (5, True)
    assert count_up_to(Customer.objects.all(), 4) == (4, False)
