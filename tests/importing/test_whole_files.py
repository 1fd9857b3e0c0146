"""The two real files of the acceptance list, whole: every line accounted for, every sum equal."""

import csv
import importlib.util
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest
from django.db.models import Sum

from kesher.billing.models import Purchase, PurchaseSummary
from kesher.core.access import SYSTEM
from kesher.core.importing import running
from kesher.core.importing.commands import open_import, take_in
from kesher.core.importing.kinds import importable_kind
from kesher.core.phones import parse_phone
from kesher.core.search import find
from kesher.core.text import fold
from kesher.customers.models import Customer, CustomerContact, Tie
from tests.importing.desk import Desk
from tests.people import open_clinic

# One transaction of 100 thousand rows is planned by PostgreSQL as if its tables were empty.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
RECORDS = Path(__file__).parents[1] / "data/records.csv"
NOTHING = {"created": 0, "updated": 0, "unchanged": 0, "refused": 0, "doubtful": 0}


def taken(path, kind):
    run = open_import(
        by=SYSTEM, kind=importable_kind(kind), path=path, name=path.name, is_ours=False, said={}
    )
    return take_in(by=SYSTEM, run=run)


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch):
    """Steps as long as they are quick to do: on a busy machine short ones take ever so long."""
    monkeypatch.setattr(running, "STEP_LIMIT", 60)
    monkeypatch.setattr(running, "STEP_SECONDS", 1)
    monkeypatch.setattr(running, "BREATH", 0)


@pytest.fixture
def part(tmp_path):
    """The first lines of a file, as a file of its own."""

    def part(path, count):
        shorter = tmp_path / "part.csv"
        with path.open(encoding="utf-8") as whole:
            shorter.write_text("".join(islice(whole, count + 1)), encoding="utf-8")
        return shorter

    return part


def test_the_records_of_three_scripts(part):
    desk = Desk(open_clinic())
    here = desk.counted()
    with RECORDS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    assert taken(RECORDS, "customers") == NOTHING | {"created": 12_482}

    held = Customer.objects.filter(reference__isnull=False).exclude(reference="C-100")
    assert set(held.values_list("reference", flat=True)) == {row["rec_id"] for row in rows}
    names = Counter(" ".join(filter(None, (r["first_name"], r["last_name"]))) for r in rows)
    assert Counter(held.values_list("name", flat=True)) == names
    assert held.exclude(birth_on=None).count() == sum(bool(row["birth_date"]) for row in rows)
    assert Counter(held.values_list("city", flat=True)) == Counter(row["city"] for row in rows)

    phones = {r["rec_id"]: parse_phone(r["phone"].strip(), "IL").normal for r in rows if r["phone"]}
    kept = dict(held.exclude(phone="").values_list("reference", "phone"))
    assert kept == phones
    known = dict(held.values_list("reference", "pk"))
    theirs = set(known.values())
    every_use = CustomerContact.objects.values_list("customer", "point__kind")
    uses = Counter(kind for who, kind in every_use if who in theirs)
    assert uses["email"] == sum(bool(row["email"]) for row in rows)
    assert uses["address"] == sum(bool(row["street"]) for row in rows)

    jobs = Tie.objects.filter(role="employee", customer__is_demo=False)
    worked = {(row["rec_id"], fold(row["company"])) for row in rows if row["company"]}
    ties = jobs.values_list("customer__reference", "other__sort_name")
    assert set(ties) == worked
    companies = Customer.objects.filter(kind="organisation").exclude(name="Orchard Toys Ltd")
    assert companies.count() == len({company for _who, company in worked})

    some = rows[7000]
    hits = find(SYSTEM, some["phone"] or some["email"], kinds=["customer"])
    assert held.get(reference=some["rec_id"]).pk in [hit.pk for hit in hits]
    assert taken(part(RECORDS, 1500), "customers") == NOTHING | {"unchanged": 1500}

    for row in rows[::1560]:
        pk = known[row["rec_id"]]
        assert pk in desk.found(
            row["phone"] or row["email"] or f"{row['first_name']} {row['city']}"
        )
        assert row["last_name"] in desk.opened(pk)
    of_patra = [row["rec_id"] for row in rows if row["city"] == "Πάτρα"]
    assert desk.counted(**{"city.is": "Πάτρα"}) == len(of_patra) > 200
    for ending in ("csv", "xlsx"):
        out = desk.taken_out(ending, **{"city.is": "Πάτρα", "cols": "name,reference"})
        assert sorted(str(row["Customer number"]) for row in out) == sorted(of_patra)
    assert desk.counted() == here + len(rows) + companies.count()
    every = desk.taken_out("csv", cols="name,reference")
    assert len(every) == desk.counted()
    assert {row["rec_id"] for row in rows} <= {row["Customer number"] for row in every}


def test_cdnow(tmp_path, part):
    desk = Desk(open_clinic())
    package = importlib.util.find_spec("lifetimes")
    assert package is not None, "the test dependency lifetimes is missing"
    cdnow = Path(package.submodule_search_locations[0]) / "datasets/CDNOW_master.txt"
    lines = [line.split() for line in cdnow.read_text().splitlines()[1:]]
    total = sum(Decimal(line[3]) for line in lines)
    ids = dict.fromkeys(line[0] for line in lines)
    customers = tmp_path / "customers.csv"
    customers.write_text("reference\n" + "\n".join(ids))

    assert taken(customers, "customers") == NOTHING | {"created": len(ids)}
    assert taken(cdnow, "purchases") == NOTHING | {"created": len(lines)}

    assert (len(ids), len(lines)) == (23_570, 69_659)
    assert Purchase.objects.count() == len(lines)
    assert sum(Purchase.objects.values_list("amount", flat=True)) == total
    summaries = PurchaseSummary.objects.all()
    assert sum(summaries.values_list("total", flat=True)) == total
    assert (summaries.count(), summaries.aggregate(n=Sum("count"))["n"]) == (len(ids), len(lines))
    assert taken(part(cdnow, 3000), "purchases") == NOTHING | {"unchanged": 3000}

    times = Counter(line[0] for line in lines)
    spent = defaultdict(Decimal)
    for who, _day, _count, amount in lines:
        spent[who] += Decimal(amount)
    best = max(spent, key=spent.__getitem__)
    (pk,) = Customer.objects.filter(reference=best).values_list("pk", flat=True)
    assert pk in desk.found(best)
    assert f"{spent[best]:,.2f}" in desk.opened(pk)
    often = {who for who, count in times.items() if count >= 10}
    asked = {"purchases.over": "10", "cols": "reference,purchases,bought"}
    assert desk.counted(**{"purchases.over": "10"}) == len(often) > 500
    out = {row["Customer number"]: row for row in desk.taken_out("csv", **asked)}
    assert {who: int(row["Purchases"]) for who, row in out.items()} == {w: times[w] for w in often}
    assert {w: Decimal(row["Bought in all"]) for w, row in out.items()} == {
        w: spent[w] for w in often
    }
    assert desk.counted(**{"purchases.over": "1"}) == len(ids)
    assert len(desk.taken_out("csv", **{"purchases.over": "1"})) == len(ids)
