"""Whoever is shown what is watched stands in the log; nobody else does."""

import pytest
from django.test import Client
from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.files import keep, receive
from kesher.core.own.commands import NewOwnField, add_own_field
from kesher.customers.commands.changing import change_customer
from kesher.customers.models import EmergencyAccess
from kesher.engagement.commands.touching import NewTouch, record_touches
from kesher.engagement.models import Attachment
from kesher.organization.models import AccessRecord

pytestmark = pytest.mark.django_db
SECRET = "Allergic to penicillin"


@pytest.fixture
def noa(clinic):
    """A customer with a note and a file about her health."""
    customer, now = clinic.customers["noa"], timezone.now()
    touch = NewTouch(
        customer=customer, channel="note", text=SECRET, happened_at=now, classification="health"
    )
    record_touches(by=SYSTEM, touches=[touch], now=now)
    return customer


def browser(clinic, name):
    client = Client()
    client.force_login(clinic.members[name], backend="kesher.organization.signed_in.SignedIn")
    return client


def page(clinic, name, customer, **more):
    return browser(clinic, name).get(f"/customers/{customer.pk}/", **more).content.decode()


def readings():
    return list(AccessRecord.objects.values_list("member_name", "what", "classification"))


def test_who_reads_is_kept_and_who_may_not_is_not(clinic, noa):
    assert SECRET in page(clinic, "dentist", noa)
    assert SECRET not in page(clinic, "receptionist", noa)

    assert readings() == [("Dentist Cohen", "engagement.touch", "health")]


def test_who_looks_as_another_is_kept_himself(clinic, noa):
    client = browser(clinic, "owner")
    client.post("/settings/view-as/", {"kind": "member", "pk": clinic.members["dentist"].pk})

    assert SECRET in client.get(f"/customers/{noa.pk}/").content.decode()

    row = AccessRecord.objects.get()
    assert (row.member_name, row.viewed_as) == (clinic.owner.name, "Dentist Cohen")


def test_a_file_that_is_handed_out_is_kept(clinic, noa):
    file = Attachment.objects.create(
        customer=noa, file=keep(receive([b"x-ray"], "x.txt")), name="x.txt",
        added_by=clinic.members["dentist"], added_at=timezone.now(), classification="health",
    )  # fmt: skip
    address = f"/files/{file.pk}/"

    assert browser(clinic, "receptionist").get(address).status_code == 404
    assert browser(clinic, "dentist").get(address).status_code == 200

    assert readings() == [("Dentist Cohen", "engagement.attachment", "health")]


def test_in_an_emergency_the_page_opens_and_says_so(clinic, noa):
    client = browser(clinic, "manager")
    assert SECRET not in client.get(f"/customers/{noa.pk}/").content.decode()
    health = str(clinic_health().pk)
    form = {"classification": health, "reason": "She fainted in the chair"}

    answer = client.post(f"/customers/{noa.pk}/emergency/", form)

    assert answer.status_code == 302
    shown = client.get(f"/customers/{noa.pk}/").content.decode()
    assert SECRET in shown
    assert "She fainted in the chair" in shown
    assert readings() == [("Manager Cohen", "engagement.touch", "health")]
    assert SECRET not in client.get("/find/?q=penicillin").content.decode()
    client.post(f"/emergencies/{EmergencyAccess.objects.get().pk}/end/")
    assert SECRET not in client.get(f"/customers/{noa.pk}/").content.decode()


def clinic_health():
    from kesher.organization.models import Classification

    return Classification.objects.get(key="health")


def test_an_emergency_without_a_reason_is_answered_in_the_form(clinic, noa):
    form = {"classification": clinic_health().pk, "reason": ""}

    answer = browser(clinic, "manager").post(f"/customers/{noa.pk}/emergency/", form)

    assert answer.status_code == 422
    assert "The owner will read it" in answer.content.decode()


def test_the_owner_reads_who_may_and_who_has(clinic, noa):
    page(clinic, "dentist", noa)

    shown = browser(clinic, "owner").get(f"/customers/{noa.pk}/readers/").content.decode()

    assert "Dentist Cohen" in shown
    assert "Has read what is watched" in shown
    assert "Eilat Cohen" not in shown  # another branch: he does not see her
    log = browser(clinic, "owner").get("/settings/readings/").content.decode()
    assert "Dentist Cohen" in log
    assert SECRET not in shown + log


@pytest.fixture
def allergies(clinic):
    """A field of the business's own that health is written in; Noa's is filled."""
    labels = {"en": "Allergies"}
    new = NewOwnField(kind="customers", labels=labels, classification="health")
    field = add_own_field(by=SYSTEM, new=new)
    change_customer(by=SYSTEM, customer=clinic.customers["noa"], values={field.key: "Penicillin"})
    return field.key


def surfaces():
    rows = AccessRecord.objects.order_by("pk")
    return list(rows.values_list("member_name", "surface", "classification", "record_id"))


def test_a_list_with_a_watched_column_is_kept_once(clinic, allergies):
    asked = {"cols": f"name,{allergies}"}
    assert "Penicillin" in browser(clinic, "dentist").get("/customers/", asked).content.decode()
    assert (
        "Penicillin"
        not in browser(clinic, "receptionist").get("/customers/", asked).content.decode()
    )
    browser(clinic, "dentist").get("/customers/", {"cols": "name"})
    browser(clinic, "dentist").get("/customers/", asked)

    assert surfaces() == [("Dentist Cohen", "list", "health", None)]


def test_each_file_of_a_list_is_kept(clinic, allergies):
    client = browser(clinic, "owner")
    for _ in range(2):
        form = {"format": "csv", "in": f"cols=name,{allergies}"}
        answer = client.post("/customers/export/", form)
        assert b"Penicillin" in answer.content
    client.post("/customers/export/", {"format": "csv", "in": "cols=name"})

    assert surfaces() == [(clinic.owner.name, "file", "health", None)] * 2


def test_who_asks_who_has_seen_a_customer_hears_of_lists_that_may_have_held_him(clinic, allergies):
    browser(clinic, "dentist").get("/customers/", {"cols": f"name,{allergies}"})

    told = (
        browser(clinic, "owner")
        .get(f"/customers/{clinic.customers['noa'].pk}/readers/")
        .content.decode()
    )

    assert "Dentist Cohen" in told
    assert "may have held this customer" in told
