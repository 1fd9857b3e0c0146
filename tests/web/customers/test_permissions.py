"""What the page of a customer says of consent, and of numbers that nobody calls."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kesher.core.access import SYSTEM
from kesher.engagement.commands.forbidding import NewEntry, forbid_contact
from kesher.engagement.forbidden import address_read
from kesher.engagement.models import Consent, DoNotContact
from kesher.organization.held import forget_rights
from kesher.organization.models import Clearance, Role


@pytest.fixture
def noa(clinic):
    return clinic.customers["noa"]


def forbid(address, **more):
    kind = "email" if "@" in address else "phone"
    entry = NewEntry(point=address_read(kind, address, "IL"), since_on=date(2026, 1, 2), **more)
    return forbid_contact(by=SYSTEM, entry=entry)


def page(client, customer, form="call"):
    return client.get(reverse("customer", args=[customer.pk]) + f"?form={form}").content.decode()


def test_a_number_that_nobody_calls_is_marked_and_a_call_warns(as_member, clinic, noa):
    client = as_member("receptionist")
    assert "do-not-contact list" not in page(client, noa)

    forbid("052-647-3190", forbids="calls")
    shown = page(client, noa)

    assert shown.count("Do not call") == 2  # in the header, and beside the number
    assert "Call it only if the customer asked for the call" in shown
    assert "Write to it only" not in shown
    assert "do-not-contact list" not in page(client, clinic.customers["yosef"])


def test_the_list_of_customers_marks_the_number_with_one_question(as_member, clinic):
    client, index = as_member("receptionist"), reverse("customers") + "?all=1&cols=name,phone"
    assert "Do not call" not in client.get(index).content.decode()

    forbid("052-647-3190", forbids="calls")
    forbid("054-7654321", forbids="messages")
    with CaptureQueriesContext(connection) as asked:
        shown = client.get(index).content.decode()

    assert "Do not call" in shown
    assert shown.count("t-bad") == 1
    assert sum("engagement_donotcontact" in one["sql"] for one in asked.captured_queries) == 1


def test_consent_is_written_down_and_shown_with_who_when_and_how(as_member, noa):
    client = as_member("receptionist")
    address = reverse("consents", args=[noa.pk])

    refused = client.post(address, {"answer": "yes", "purpose": "marketing", "channel": "email"})
    kept = client.post(
        address,
        {"answer": "yes", "purpose": "marketing", "channel": "email", "proof": "Signed at the desk",
         "day": "02/01/2026"},
    )  # fmt: skip

    assert (refused.status_code, kept.status_code) == (422, 302)
    assert "Say how the consent was given" in refused.content.decode()
    row = Consent.objects.get()
    assert row.happened_at.date() == date(2026, 1, 2)
    shown = page(client, noa)
    for words in ("Marketing · E-mail", "Signed at the desk", "Receptionist Cohen", "Agreed"):
        assert words in shown


def test_the_list_adds_and_lifts(as_member):
    desk, boss = as_member("receptionist"), as_member("manager")
    new, index = reverse("do-not-contact-new"), reverse("do-not-contact")

    wrong = desk.post(new, {"address": "nobody", "forbids": "all", "reason": "Asked"})
    kept = desk.post(new, {"address": "050-7777777", "forbids": "all", "reason": "Asked us"})
    entry = DoNotContact.objects.get()
    lifting = reverse("do-not-contact-lifting", args=[entry.pk])

    assert (wrong.status_code, kept.status_code) == (422, 302)
    assert "holds no telephone number" in wrong.content.decode()
    assert "050-777-7777" in boss.get(index).content.decode()
    assert boss.post(lifting, {"reason": ""}).status_code == 422
    assert boss.post(lifting, {"reason": "Called us"}).status_code == 302
    assert "050-777-7777" not in boss.get(index).content.decode()
    assert "050-777-7777" in boss.get(index + "?lifted=yes").content.decode()


def test_without_the_clearance_the_list_tells_no_number(as_member):
    forbid("050-7777777", reason="Secret reason")
    Clearance.objects.filter(role=Role.objects.get(key="agent")).delete()
    forget_rights()
    client = as_member("agent")
    entry = DoNotContact.objects.get()

    for address in (reverse("do-not-contact"), reverse("do-not-contact-entry", args=[entry.pk]),
                    reverse("do-not-contact-peek", args=[entry.pk])):  # fmt: skip
        shown = client.get(address).content.decode()
        assert not any(one in shown for one in ("7777777", "777-7777", "Secret reason"))
