"""Every form that makes something makes one, however often the same drawing of it is sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from tests.access.forms import POSTED
from tests.access.made import make_records
from tests.access.records import RECORDS
from tests.access.walk import client_of

TOKEN = {"csrfmiddlewaretoken": "t" * 64}
# Where one was is no fact; a file that is exported twice is two files.
NO_FACTS = {"core.doneonce", "core.job", "organization.session", "organization.recentrecord"}
TABS = {
    "customer-compose": [
        {"form": "message", "channel": "sms", "direction": "out", "text": "x"},
        {"form": "call", "direction": "in", "text": "x"},
        {"form": "visit", "text": "x"},
        {"form": "task", "title": "x"},
    ],
    "task-done": [{"and": "next", "next_title": "Call again", "next_on": "2030-01-01"}],
    "customers-bulk": [{"do": "task", "task.title": "Call", "task.due_on": "2030-01-01"}],
}


def rows() -> dict[str, int]:
    """How many rows every table of ours holds."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("kesher.")]
    counted = {model._meta.label_lower: model._default_manager.count() for model in ours}
    return {table: count for table, count in counted.items() if table not in NO_FACTS}


def forms(records: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """Address, record and content of every form of the product that makes or changes something."""
    found = []
    for name, form in POSTED.items():
        record = sorted(RECORDS[name])[-1] if name in RECORDS else ""
        found.append((name, record, form(records, record)))
    for name, contents in TABS.items():
        record = sorted(RECORDS[name])[-1] if name in RECORDS else ""
        found += [(name, record, content) for content in contents]
    return found


def copies(content: dict[str, Any]) -> dict[str, Any]:
    """The form once more; a file that was read is read from its beginning."""
    for value in content.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    return content | TOKEN


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_the_same_form_twice_makes_one(clinic, settings, tmp_path, headers):
    settings.MEDIA_ROOT = tmp_path
    records = make_records(clinic)
    client = client_of(clinic, "owner")
    twice, made = [], set()
    for name, record, content in forms(records):
        if name == "customers-bulk":
            content = content | {"pick": [records["noa"].pk]}
        places = RECORDS[name][record](records) if record else None
        address = reverse(name, kwargs=places)
        with transaction.atomic():
            before = rows()
            first = client.post(address, copies(content), headers=headers)
            after = rows()
            again = client.post(address, copies(content), headers=headers)
            if first.status_code < 400 and sum(after.values()) > sum(before.values()):
                made.add(name)
            # Views of another member are none to the owner.
            is_good = first.status_code in (200, 204, 302, 404) and again.status_code < 500
            if rows() != after or not is_good:
                more = {t: (after[t], n) for t, n in rows().items() if n != after[t]}
                twice.append((name, content, first.status_code, again.status_code, more))
            transaction.set_rollback(True)

    assert "\n".join(map(str, twice)) == ""
    assert made >= {
        "absences", "branches", "classification-new", "contacts", "customer-compose",
        "customer-files", "customer-new", "customer-next", "customers-bulk", "customers-view-new",
        "holidays", "import", "invite", "resources", "roles", "shift-planning", "task-done",
        "task-new", "teams", "ties", "wishes",
    }  # fmt: skip


def test_the_second_answer_leads_where_the_first_one_led(clinic, noa, as_member):
    client = as_member("receptionist")
    note = {"form": "note", "text": "Called about Tuesday"} | TOKEN
    address = reverse("customer-compose", args=[noa.pk])

    answers = [client.post(address, note) for _time in range(2)]

    assert [one.url for one in answers] == [reverse("customer", args=[noa.pk])] * 2


def test_a_form_that_was_drawn_anew_is_another_one(clinic, noa, as_member):
    client = as_member("receptionist")
    address = reverse("customer-compose", args=[noa.pk])
    for token in ("a" * 64, "b" * 64):
        client.post(address, {"form": "note", "text": "Rang", "csrfmiddlewaretoken": token})

    assert noa.touches.count() == 2


def test_what_was_refused_may_be_sent_again(clinic, noa, as_member):
    client = as_member("receptionist")
    address = reverse("customer-compose", args=[noa.pk])
    empty, full = ({"form": "task", "title": title} | TOKEN for title in ("", "Call"))

    assert client.post(address, empty).status_code == 422
    assert client.post(address, full).status_code == 302
    assert noa.tasks.count() == 1
