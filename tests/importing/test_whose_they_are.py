"""After an import its customers are one list, for whoever brought them."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from kesher.core.access import visible
from kesher.core.fields import kind_of
from kesher.core.filters import BadFilter, condition, parse
from kesher.customers.models import Customer

pytestmark = pytest.mark.django_db


def names(actor, query):
    kind = kind_of("customers")
    where = condition(parse(query, kind, actor), kind, actor, today=timezone.localdate())
    return sorted(visible(actor, Customer).filter(where).values_list("name", flat=True))


def test_the_list_holds_who_came_and_who_was_changed(take, clinic):
    owner = clinic.actor("owner")
    take("number,name,city\n1,Dana,Acre\n2,Noa,Lod\n", by=owner)

    run = take("number,name,city\n1,Dana,Acre\n2,Noa,Haifa\n3,Eli,Safed\n", by=owner).run

    assert names(owner, [("imported", run.batch)]) == ["Eli", "Noa"]
    others = names(owner, [("imported.not", run.batch)])
    assert "Dana" in others and not {"Eli", "Noa"} & {*others}


def test_whoever_did_not_bring_them_cannot_ask(take, clinic):
    run = take("number,name\n1,Dana\n", by=clinic.actor("owner")).run

    for query in (
        [("imported", run.batch)],
        [("imported", "nonsense")],
        [("imported.empty", "no")],
    ):
        with pytest.raises(BadFilter):
            names(clinic.actor("receptionist"), query)


def test_it_shows_only_whom_the_reader_may_see(take, clinic):
    receptionist = clinic.actor("receptionist")
    run = take("number,name,branches\n1,Dana,Haifa\n", by=receptionist).run
    mine = Customer.objects.get(reference="1")
    assert names(receptionist, [("imported", run.batch)]) == ["Dana"]

    mine.branches.set([clinic.eilat])
    assert names(receptionist, [("imported", run.batch)]) == []


def test_the_report_leads_there(take, clinic, as_member):
    run = take("number,name\n1,Dana\n", by=clinic.actor("owner")).run
    browser = as_member("owner")

    page = browser.get(reverse("import-file", args=[run.pk])).content.decode()
    (href,) = re.findall(r'href="([^"]*imported=[^"]*)"', page)
    shown = browser.get(href).content.decode()
    assert "Dana" in shown and "Yosef" not in shown
    assert "file.csv" in shown  # the condition says which file

    take("number,name\n1,Dana\n", by=clinic.actor("owner"))
    nothing = browser.get(reverse("import-file", args=[run.pk + 1])).content.decode()
    assert "imported=" not in nothing


def test_an_owner_finds_import_in_the_settings(as_member):
    page = as_member("owner").get(reverse("settings"), follow=True).content.decode()
    assert f'href="{reverse("import")}"' in page and f'href="{reverse("sources")}"' in page
