"""Where a value came from, told to those who may read the value."""

import pytest
from django.urls import reverse

from kesher.core.access import SYSTEM
from kesher.core.feeds.models import Conflict
from kesher.core.importing.commands import open_import, take_in
from kesher.core.importing.kinds import importable_kind
from kesher.customers.commands.changing import change_customer
from kesher.customers.models import Customer
from kesher.customers.origins import origins_of
from kesher.organization.models import Clearance
from tests.sources.test_folders import put

pytestmark = pytest.mark.django_db
LINE = "number,name,city,birthday,phone,branch\n1,Dana Levi,Acre,1980-02-01,052-1112233,Haifa\n"


@pytest.fixture
def dana(sources, folder, clinic):
    put(folder, "list.csv", LINE, 1000)
    feed = sources.connect(folder=".", pattern="*", name="Old program")
    sources.begun(feed)
    customer = Customer.objects.get(reference="1")
    change_customer(by=clinic.actor("receptionist"), customer=customer, values={"city": "Haifa"})
    put(folder, "list.csv", LINE.replace("Acre", "Eilat").replace("1112233", "4445566"), 2000)
    sources.go(feed)
    customer.refresh_from_db()
    return customer


def told(actor, customer):
    return {(o.label, str(o.value)): (o.source, o.by) for o in origins_of(actor, customer)}


def test_of_each_value_who_brought_it(dana, clinic):
    found = told(clinic.actor("owner"), dana)

    assert found["First name", "Dana"] == ("Old program", "Orly Owner")
    assert found["City", "Haifa"] == ("", "Receptionist Cohen")
    assert ("Old program", "Orly Owner") in [
        held for (label, value), held in found.items() if "444" in value
    ]
    assert any("111" in value for _label, value in found)


def test_only_what_may_be_read_is_told(dana, clinic):
    Clearance.objects.filter(role__key="receptionist").delete()
    role = clinic.members["receptionist"].role
    role.version += 1
    role.save()

    shown = str(told(clinic.actor("receptionist"), dana))

    assert "Dana" in shown
    for hidden in ("1980", "052-", "1112233", "4445566"):
        assert hidden not in shown


def test_a_file_is_named_to_whoever_brought_it(clinic, tmp_path, as_member):
    path = tmp_path / "layoffs.csv"
    path.write_text(LINE)
    boss = clinic.actor("owner")
    run = open_import(by=boss, kind=importable_kind("customers"), path=path, name="layoffs.csv",
                      is_ours=False, said={})  # fmt: skip
    take_in(by=boss, run=run)
    customer = Customer.objects.get(reference="1")

    pages = {
        who: as_member(who).get(reverse("customer-origins", args=[customer.pk])).content.decode()
        for who in ("owner", "receptionist")
    }

    assert "from the file <bdi>layoffs.csv</bdi>" in pages["owner"]
    assert "layoffs" not in pages["receptionist"]
    assert "from a file of <bdi>Orly Owner</bdi>" in pages["receptionist"]


def test_the_page_of_a_customer_leads_there(dana, as_member):
    browser = as_member("owner")
    address = reverse("customer-origins", args=[dana.pk])

    assert address in browser.get(reverse("customer", args=[dana.pk])).content.decode()
    part = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "from the source <bdi>Old program</bdi>" in part
    assert as_member("eilat").get(address).status_code == 404


def test_a_contradiction_is_answered_on_the_page_of_the_source(dana, as_member):
    conflict = Conflict.objects.get()
    browser = as_member("owner")
    page = browser.get(reverse("source", args=[conflict.feed_id])).content.decode()
    assert "Here one thing, there another" in page
    assert "<bdi>Haifa</bdi>" in page and "<bdi>Eilat</bdi>" in page
    assert "changed by Receptionist Cohen" in page

    answer = reverse("source-conflict", args=[conflict.pk])
    assert as_member("receptionist").post(answer, {"answer": "theirs"}).status_code == 403
    browser.post(answer, {"answer": "theirs"})

    dana.refresh_from_db()
    assert dana.city == "Eilat"
    assert told(SYSTEM, dana)["City", "Eilat"] == ("Old program", "Orly Owner")
    assert browser.post(answer, {"answer": "ours"}).status_code == 404
