"""What a list exports can be imported: its headings are known in every language, and its cells."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kesher.core.access import SYSTEM
from kesher.core.exporting import columns_of
from kesher.core.importing.commands import check_import, open_import
from kesher.core.importing.kinds import importable_kind
from kesher.core.importing.recognising import recognise
from kesher.customers.models import Customer
from kesher.engagement.commands.tasks import NewTask, plan_tasks
from kesher.engagement.models import Task
from kesher.web.lists.all_lists import listing_named

pytestmark = pytest.mark.django_db
COMES_BACK = {  # of each list the fields that an import takes, and what it calls them
    "customers": {
        name: name
        for name in (
            "name", "reference", "kind", "phone", "email", "city", "stage", "owner", "branches",
            "tags", "source", "language", "preferred_channel", "gender", "birth_on", "since_on",
            "about", "archived",
        )
    },
    "tasks": {
        "title": "title", "customer": "customer", "kind": "kind", "due_on": "due_on",
        "owner": "member", "branch": "branch", "state": "state", "done_at": "done_at", "note": "note",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "he", "el"])
@pytest.mark.parametrize("name", list(COMES_BACK))
def test_headings_of_lists_are_recognised(clinic, name, language):
    with translation.override(language):
        columns = columns_of(listing_named(name).kind.fields.values())
        headings = [column.title for column in columns]

    found = recognise(importable_kind(name), headings)

    keys = {column.key: at for at, column in enumerate(columns)}
    expected = {ours: (keys[key],) for key, ours in COMES_BACK[name].items() if key in keys}
    assert {headings[at]: key for key, (at,) in found.items()} == {
        headings[at]: key for key, (at,) in expected.items()
    }
    assert found == expected


@pytest.mark.parametrize("language", ["en", "he", "el"])
def test_a_list_of_customers_brought_back_changes_nothing(clinic, tmp_path, language):
    for number, customer in enumerate(Customer.objects.all()):
        Customer.objects.filter(pk=customer.pk).update(reference=f"N-{number}")

    run = exported(
        clinic, tmp_path, "customers", language,
        "&cols=name,reference,kind,phone,email,city,stage,owner,branches,tags,language,archived",
    )  # fmt: skip

    assert run.kind == "customers"
    counts = check_import(by=SYSTEM, run=run)["counts"]
    assert (counts["created"], counts["updated"], counts["refused"]) == (0, 0, 0), run.columns
    assert counts["unchanged"] == 4


def exported(clinic, folder, name, language, cols=""):
    """The list as the owner exports it, opened to be imported."""
    owner = clinic.owner
    type(owner).objects.filter(pk=owner.pk).update(language=language)
    browser = Client()
    browser.force_login(owner)
    browser.cookies["language"] = language
    answer = browser.post(
        reverse(f"{name}-export"), {"format": "csv", "in": f"all=1{cols}"}, headers={"Accept-Language": language}
    )  # fmt: skip
    assert answer.status_code == 200
    path = folder / "list.csv"
    path.write_bytes(answer.content)
    return open_import(by=SYSTEM, kind=None, path=path, name="list.csv", is_ours=False)


@pytest.mark.parametrize("language", ["en", "he", "el"])
def test_a_list_of_tasks_can_be_brought(clinic, tmp_path, language):
    noa = clinic.customers["noa"]
    plan_tasks(by=clinic.actor("owner"), tasks=[
        NewTask(title="Call Noa", customer=noa, kind="call"), NewTask(title="Tidy up"),
    ])  # fmt: skip

    run = exported(clinic, tmp_path, "tasks", language)

    assert run.kind == "tasks"
    Task.objects.all().delete()
    found = check_import(by=SYSTEM, run=run)
    assert found["counts"]["created"] == 2, found
    assert any("Call Noa · נועה שלו" in line["title"] for line in found["first"]["created"])


def test_two_of_one_name_are_asked_about(clinic, take):
    take("number,name\n1,Same Name\n2,Same Name\n3,Only Name\n")

    taken = take("customer,title\nOnly Name,Call\nSame Name,Call\nNobody,Call\n", "tasks")

    assert taken.outcome == (1, 0, 0, 1, 1)
    assert "Nobody" in taken.refused[4]
