"""The small forms round a customer: contact details, ties, wishes; as dialogs and as pages."""

import pytest
from django.urls import reverse

from kesher.core.access import SYSTEM
from kesher.customers.commands.contacts import add_contact
from kesher.customers.models import CustomerContact, Tie, Wish

PART = {"HX-Request": "true"}


@pytest.fixture
def desk(clinic, client):
    """The receptionist of Haifa, signed in."""
    client.force_login(clinic.members["receptionist"])
    return client


@pytest.mark.parametrize("name", ["contacts", "ties", "wishes"])
@pytest.mark.parametrize("language", ["en", "he", "el"])
def test_each_is_a_dialog_and_a_page(desk, clinic, name, language):
    address = reverse(name, args=[clinic.customers["noa"].pk])

    page = desk.get(address, headers={"accept-language": language})
    part = desk.get(address, headers=PART | {"accept-language": language})

    assert (page.status_code, part.status_code) == (200, 200)
    assert "<html" in page.text
    assert "<html" not in part.text
    assert 'id="dialog-title"' in part.text


def test_a_number_is_added_preferred_corrected_and_removed(desk, clinic):
    noa = clinic.customers["noa"]
    address = reverse("contacts", args=[noa.pk])

    added = desk.post(
        address, {"kind": "phone", "value": "04-8111222", "label": "home"}, headers=PART
    )
    assert "04-8111222" in added.text
    assert "undo" in added.headers["HX-Trigger-After-Settle"]
    home = CustomerContact.objects.get(raw="04-8111222")

    desk.post(reverse("contact-first", args=[home.pk]), headers=PART)
    noa.refresh_from_db()
    assert noa.phone == "+97248111222"

    desk.post(
        reverse("contact", args=[home.pk]), {"value": "04-8111223", "label": ""}, headers=PART
    )
    noa.refresh_from_db()
    assert noa.phone == "+97248111223"

    again = CustomerContact.objects.get(raw="04-8111223")
    desk.post(reverse("contact-removal", args=[again.pk]), headers=PART)
    noa.refresh_from_db()
    assert noa.phone == "+972526473190"


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "phone", "value": "later"},
        {"kind": "phone", "value": "052-647-3190"},
        {"kind": "email", "value": "x@y"},
        {"kind": "pigeon", "value": "1"},
        {"kind": "phone", "value": ""},
        {"kind": "phone", "value": "x" * 5000},
        {"kind": "address", "value": "\x00"},
    ],
)
def test_bad_contact_details_are_answered_in_the_form(desk, clinic, typed):
    answer = desk.post(reverse("contacts", args=[clinic.customers["noa"].pk]), typed, headers=PART)

    assert answer.status_code == 422
    assert "field-error" in answer.text or "banner bad" in answer.text


def test_a_shared_number_says_with_whom(desk, clinic):
    noa, yosef = clinic.customers["noa"], clinic.customers["yosef"]
    eleni = clinic.customers["eleni"]
    for other in (yosef, eleni):
        add_contact(by=SYSTEM, customer=other, kind="phone", value="052-647-3190")

    page = desk.get(reverse("contacts", args=[noa.pk])).text

    assert "יוסף כהן" in page
    assert "Ελένη" not in page
    assert "1 customer elsewhere" in page


def test_a_tie_by_searching_and_choosing(desk, clinic):
    yosef, orchard = clinic.customers["yosef"], clinic.customers["orchard"]
    found = desk.post(reverse("tie-people", args=[yosef.pk]), {"q": "orchard"}, headers=PART)
    assert f'value="{orchard.pk}"' in found.text

    desk.post(
        reverse("ties", args=[yosef.pk]),
        {"role": "employee", "other": orchard.pk, "title": "buyer", "starts_on": "1.2.2026"},
        headers=PART,
    )

    tie = Tie.objects.get(customer=yosef)
    assert (tie.other, tie.title, tie.starts_on.month) == (orchard, "buyer", 2)
    desk.post(reverse("tie-end", args=[tie.pk]), headers=PART)
    tie.refresh_from_db()
    assert tie.ends_on is not None


def test_a_tie_needs_somebody_in_sight(desk, clinic):
    address = reverse("ties", args=[clinic.customers["noa"].pk])
    for other in ("", str(clinic.customers["eleni"].pk), "99999999999999999999", "\x00"):
        answer = desk.post(address, {"role": "spouse", "other": other}, headers=PART)
        assert answer.status_code == 422
    assert not Tie.objects.exists()


def test_the_household_of_a_person_is_made_on_the_way(desk, clinic):
    noa, yosef = clinic.customers["noa"], clinic.customers["yosef"]

    desk.post(reverse("ties", args=[yosef.pk]), {"role": "member", "other": noa.pk}, headers=PART)

    assert Tie.objects.filter(role="member").count() == 2


def test_a_wish_is_noted_met_and_removed(desk, clinic):
    noa = clinic.customers["noa"]
    desk.post(
        reverse("wishes", args=[noa.pk]),
        {"text": "night guard", "kind": "need", "wanted_on": "1/5/2026"},
        headers=PART,
    )
    wish = Wish.objects.get()
    assert (wish.text, wish.wanted_on.month) == ("night guard", 5)

    desk.post(reverse("wish-met", args=[wish.pk]), headers=PART)
    wish.refresh_from_db()
    assert wish.met_on is not None
    desk.post(reverse("wish-met", args=[wish.pk]), {"back": "1"}, headers=PART)
    desk.post(reverse("wish-removal", args=[wish.pk]), headers=PART)
    assert not Wish.objects.exists()


def test_nothing_is_written_by_looking(desk, clinic):
    noa = clinic.customers["noa"]
    use = noa.contacts.first()
    for name, pk in (
        ("contact", use.pk), ("contact-first", use.pk), ("contact-removal", use.pk),
        ("customer-archive", noa.pk), ("customer-bin", noa.pk), ("tie-people", noa.pk),
    ):  # fmt: skip
        assert desk.get(reverse(name, args=[pk])).status_code == 405


def test_another_branch_reaches_none_of_it(clinic, client):
    client.force_login(clinic.members["eilat"])
    use = clinic.customers["noa"].contacts.first()
    for name in ("contact", "contact-first", "contact-removal"):
        assert client.post(reverse(name, args=[use.pk]), {"value": "1234567"}).status_code == 404
