"""Which rows a list holds, for whom, in how many queries."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.core.access import SYSTEM
from kesher.customers.commands.adding import NewCustomer, add_customers
from kesher.customers.commands.leaving import archive, bin_customers
from kesher.customers.models import Customer
from kesher.engagement.commands.tasks import NewTask, plan_tasks
from kesher.surface.lists.rows import beside, count_of, sheet_of
from kesher.web.lists.all_lists import listing_named
from tests.surface.asked import TODAY, asked, names

CUSTOMERS = listing_named("customers")


def test_each_sees_the_rows_of_his_scope(clinic):
    assert len(names(clinic.actor("owner"))) == 4
    assert set(names(clinic.actor("eilat"))) == {"Ελένη Μάρκου", "יוסף כהן"}
    assert names(clinic.actor("agent")) == ["יוסף כהן"]


def test_the_archive_and_the_bin_stay_out_until_they_are_asked_for(clinic):
    owner = clinic.actor("owner")
    noa, orchard = clinic.customers["noa"], clinic.customers["orchard"]
    archive(by=owner, customers=[noa], now=timezone.now())
    bin_customers(by=owner, customers=[orchard], now=timezone.now())
    assert set(names(owner)) == {"Ελένη Μάρκου", "יוסף כהן"}
    assert names(owner, "archived=yes") == ["נועה שלו"]
    assert names(owner, "view=bin") == ["Orchard Toys Ltd"]


def test_words_narrow_the_view(clinic):
    assert names(clinic.actor("owner"), "q=noa&all=1") == ["נועה שלו"]
    assert names(clinic.actor("owner"), "q=noa&stage=left") == []


def test_counting_says_whether_it_is_all(clinic, monkeypatch):
    this = asked(clinic.actor("owner"))
    assert count_of(this, clinic.actor("owner"), today=TODAY) == (4, True)
    assert count_of(this, clinic.actor("owner"), today=TODAY, most=3) == (3, False)


def test_a_row_knows_its_neighbours_in_the_list_it_came_from(clinic):
    owner = clinic.actor("owner")
    order = [c.pk for c in Customer.objects.order_by("sort_name")]
    assert beside(CUSTOMERS, owner, "", order[1], today=TODAY) == (order[0], order[2])
    state = "sort=-name"
    assert beside(CUSTOMERS, owner, state, order[1], today=TODAY) == (order[2], order[0])


def test_neighbours_are_those_one_may_see(clinic):
    yosef, eleni = clinic.customers["yosef"], clinic.customers["eleni"]
    actor = clinic.actor("eilat")
    ordered = [
        c.pk for c in Customer.objects.filter(pk__in=[yosef.pk, eleni.pk]).order_by("sort_name")
    ]
    assert beside(CUSTOMERS, actor, "", ordered[0], today=TODAY) == (None, ordered[1])
    noa = clinic.customers["noa"]
    assert beside(CUSTOMERS, actor, "", noa.pk, today=TODAY) == (None, None)


def test_neighbours_cost_the_same_in_a_long_list(clinic):
    fill(clinic, 60)
    pk = Customer.objects.order_by("sort_name")[30].pk
    with CaptureQueriesContext(connection) as captured:
        beside(CUSTOMERS, clinic.actor("owner"), "sort=-bought", pk, today=TODAY)
    asked_actor = 2  # branches and teams of the actor
    assert len(captured) - asked_actor <= 6


def fill(clinic, number: int) -> None:
    """So many more customers with everything that a list shows."""
    first = Customer.objects.count()
    added = add_customers(
        by=SYSTEM,
        customers=[
            NewCustomer(
                first_name=f"F{n}", last_name=f"L{n:03d}", phones=[f"052-64731{n:02d}"],
                emails=[f"f{n}@example.test"], branches=[clinic.haifa, clinic.eilat],
                tags=["Gold", "Calm"], source="Web", owner=clinic.members["agent"],
            )
            for n in range(first, first + number)
        ],
    )  # fmt: skip
    plan_tasks(by=SYSTEM, tasks=[NewTask(title="Call", customer=c, due_on=TODAY) for c in added])
    record_purchases(
        by=SYSTEM,
        purchases=[
            NewPurchase(customer_id=c.pk, bought_on=TODAY, amount=Decimal(10 + at))
            for at, c in enumerate(added)
        ],
    )


EVERYTHING = "cols=" + ",".join(one.name for one in CUSTOMERS.kind.fields.values() if one.shown)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("customers", "q=L0"), ("customers", EVERYTHING), ("customers", f"{EVERYTHING}&sort=-bought"),
        ("customers", "owner.empty=no&sort=next_step"), ("tasks", "view=all"),
        ("tasks", "view=all&sort=customer"), ("members", ""),
    ],
)  # fmt: skip
def test_a_page_takes_as_many_queries_however_many_rows_it_has(clinic, name, query):
    counts = set()
    for number in (1, 2, 42):
        fill(clinic, number)
        actor = clinic.actor("owner")
        this = asked(actor, query, name)
        with CaptureQueriesContext(connection) as captured:
            sheet_of(this, actor, today=TODAY)
        counts.add(len(captured))
    assert len(counts) == 1
    assert counts.pop() <= 6


def test_hidden_columns_are_not_even_asked_of_the_database(clinic):
    actor = clinic.actor("agent")
    this = asked(actor, EVERYTHING)
    with CaptureQueriesContext(connection) as captured:
        sheet_of(this, actor, today=TODAY)
    asked_for = " ".join(query["sql"] for query in captured.captured_queries)
    for column in ("birth_on", "about", '"total"'):
        assert column not in asked_for
    assert '"phone"' in asked_for
