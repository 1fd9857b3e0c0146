"""The business of the bench is written past the commands, and is what they would have written."""

import json
import os

import pytest

pytestmark = pytest.mark.soak

SIZE = int(os.environ.get("MILLION_SIZE", "250"))
BUILD = "from bench.million import build; build({size})"
PLAINLY = "from bench.million import plainly; plainly({size})"
TOLD = """
import json
from django.apps import apps
from django.db import connection, transaction
from django.core.management import call_command
from kesher.billing.ledger import recompute_summaries
from kesher.billing.models import PurchaseSummary
from kesher.core.search import rebuild
from kesher.customers.models import Customer
from kesher.engagement import pulse

# By whom, when and together with what it was written is another matter.
OUTSIDE = {"created_at", "happened_at", "batch"}
LINKS = {"customercontact", "customerbranch", "customertag", "contactpoint", "purchase",
         "searchentry", "change", "purchasesummary", "customerpulse"}

def rows(model):
    outside = OUTSIDE - ({"happened_at"} if model._meta.model_name == "touch" else set())
    names = [f.attname for f in model._meta.concrete_fields if f.name not in outside
             and not (f.primary_key and f.name == "id" and model._meta.model_name in LINKS)]
    if model._meta.model_name == "customercontact":
        names += ["point__normal"]
        names.remove("point_id")
    return sorted((json.dumps(one, default=str) for one in model._default_manager.values_list(*names)))

def everything():
    parts = ("customers", "billing", "engagement", "catalog")
    models = [m for part in parts for m in apps.get_app_config(part).get_models()]
    models += [apps.get_model("core", name) for name in ("Change", "SearchEntry")]
    found = {m._meta.label: rows(m) for m in models}
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, backwards FROM core_search_vocabulary ORDER BY word")
        found["vocabulary"] = [list(row) for row in cursor.fetchall()]
    return found

with open(PATH, "w") as file:
    json.dump(everything(), file)
"""
AGAIN = """
before = everything()
for kind in ("customer", "task"):
    rebuild(kind)
ids = list(Customer.objects.values_list("pk", flat=True))
recompute_summaries(ids, PurchaseSummary.objects.values_list("currency", flat=True)[0])
with transaction.atomic():
    pulse.refresh(ids)
for name, held in everything().items():
    assert held == before[name], name
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchall() == [("ok",)]
        cursor.execute("INSERT INTO core_search(core_search, rank) VALUES ('integrity-check', 1)")
from kesher.core.access import SYSTEM
from kesher.core.search import find
from kesher.customers.commands.adding import NewCustomer, add_customer
some = Customer.objects.filter(kind="person")[17]
assert some.pk in [hit.pk for hit in find(SYSTEM, some.reference)]
assert some.pk in [hit.pk for hit in find(SYSTEM, some.phone)]
new = add_customer(by=SYSTEM, customer=NewCustomer(name="Next One", phones=["03-5551111"]))
assert new.pk == max(ids) + 1
"""


@pytest.fixture
def written(places, tmp_path):
    """What all tables hold after a program; the place is looked at further by another one."""

    def written(name, program, further=""):
        place, path = places.make("empty", tmp_path / name), tmp_path / f"{name}.json"
        place.python(program.format(size=SIZE))
        place.python(f"PATH = {str(path)!r}\n" + TOLD + further)
        assert "no issues" in place.kesher("check").stdout
        places.drop(place)
        return json.loads(path.read_text())

    return written


def test_fast_and_plainly_come_to_the_same(written):
    fast, plainly = written("fast", BUILD, AGAIN), written("plainly", PLAINLY)

    assert fast.keys() == plainly.keys()
    for name, rows in plainly.items():
        assert fast[name] == rows, name
    assert len(fast["customers.Customer"]) == SIZE
    assert all(fast[name] for name in ("customers.Tie", "billing.Purchase", "engagement.Task"))
