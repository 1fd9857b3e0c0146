"""Every form that makes something makes one, however often the same drawing of it is sent."""

import pytest
from django.db import transaction
from django.urls import reverse

from tests.access.made import make_records
from tests.access.walk import client_of
from tests.web.every_form import filled_forms, once_more, rows

TOKEN = {"csrfmiddlewaretoken": "t" * 64}


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_the_same_form_twice_makes_one(clinic, settings, tmp_path, headers):
    settings.MEDIA_ROOT = tmp_path
    records = make_records(clinic)
    client = client_of(clinic, "owner")
    twice, made = [], set()
    for form in filled_forms(records):
        with transaction.atomic():
            before = rows()
            first = client.post(form.address, once_more(form.content) | TOKEN, headers=headers)
            after = rows()
            again = client.post(form.address, once_more(form.content) | TOKEN, headers=headers)
            if first.status_code < 400 and sum(after.values()) > sum(before.values()):
                made.add(form.name)
            # Views of another member are none to the owner.
            is_good = first.status_code in (200, 204, 302, 404) and again.status_code < 500
            if rows() != after or not is_good:
                twice.append((form, first.status_code, again.status_code))
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
