"""A new customer by number and name, with a warning, once however often it is sent."""

import pytest
from django.urls import reverse

from kesher.customers.models import Customer, Tie

NEW = {"name": "Dana Gil", "phone": "052-1112233"}
TOKEN = {"csrfmiddlewaretoken": "t" * 64}


@pytest.fixture
def desk(clinic, client):
    """The receptionist of Haifa, signed in."""
    client.force_login(clinic.members["receptionist"])
    return client


def send(client, **more):
    return client.post(reverse("customer-new"), NEW | more)


def test_the_page_asks_for_a_number_and_a_name(desk):
    page = desk.get(reverse("customer-new"))

    assert page.status_code == 200
    assert 'name="phone"' in page.text
    assert 'name="csrfmiddlewaretoken"' in page.text


def test_a_number_and_a_name_are_enough(desk, clinic):
    answer = send(desk)

    added = Customer.objects.get(name="Dana Gil")
    assert answer.url == reverse("customer", args=[added.pk])
    assert (added.phone, list(added.branches.all())) == ("+972521112233", [clinic.haifa])


def test_what_a_search_did_not_find_is_in_the_form_already(desk):
    assert 'value="052-1112233"' in desk.get(reverse("customer-new"), {"q": "052-1112233"}).text
    assert 'value="Dana Gil"' in desk.get(reverse("customer-new"), {"q": "Dana Gil"}).text


def test_sent_twice_it_adds_one(desk):
    first, second = send(desk, **TOKEN), send(desk, **TOKEN)

    assert first.url == second.url
    assert Customer.objects.filter(name="Dana Gil").count() == 1


def test_somebody_who_seems_to_be_here_is_a_second_step(desk, clinic):
    answer = send(desk, name="Noa Shalo", phone="0526473190")

    assert answer.status_code == 409
    assert "same telephone" in answer.text
    assert reverse("customer", args=[clinic.customers["noa"].pk]) in answer.text
    assert 'value="0526473190"' in answer.text
    assert Customer.objects.count() == 4

    assert send(desk, name="Noa Shalo", phone="0526473190", anyway="1").status_code == 302
    assert Customer.objects.count() == 5


def test_a_relative_is_saved_into_the_household(desk, clinic):
    noa = clinic.customers["noa"]

    answer = send(desk, name="אורי שלו", phone="0526473190", beside=str(noa.pk))

    added = Customer.objects.get(name="אורי שלו")
    assert answer.url == reverse("customer", args=[added.pk])
    assert Tie.objects.get(customer=added).other == Tie.objects.get(customer=noa).other


def test_the_warning_comes_while_one_types(desk, clinic):
    page = desk.post(reverse("customer-alike"), {"name": "yosef cohen", "phone": "054765"})

    assert page.status_code == 200
    assert "two forms of one first name" in page.text
    assert "יוסף כהן" in page.text


def test_the_warning_names_nobody_of_another_branch(desk):
    page = desk.post(reverse("customer-alike"), {"name": "Ελένη Μάρκου", "phone": "+306941234567"})

    assert "another branch" in page.text
    assert "Ελένη" not in page.text


def test_dates_are_read_day_first(desk):
    for language, name in (("en", "Amy Stone"), ("he", "Boris Vald"), ("el", "Clio Marsh")):
        answer = desk.post(
            reverse("customer-new"),
            {"name": name, "birth_on": "01/02/2001"},
            headers={"accept-language": language},
        )
        assert answer.status_code == 302
        born = Customer.objects.get(name=name).birth_on
        assert (born.day, born.month) == (1, 2)


@pytest.mark.parametrize(
    "typed",
    [
        {"name": ""},
        {"name": "\x00\x01"},
        {"name": "´"},
        {"name": "x" * 201},
        {"name": "x" * 200_000},
        {"phone": "later"},
        {"email": "dana at home"},
        {"birth_on": "31/02/2001"},
        {"birth_on": "01/01/0000"},
        {"birth_on": "01/01/9999"},
        {"kind": "robot"},
        {"owner": "999999999999999999999"},
        {"owner": "\x00"},
        {"stage": "'; DROP"},
        {"tags": "x" * 100},
        {"city": "y" * 81},
    ],
)
def test_bad_input_is_answered_in_the_form(desk, typed):
    answer = send(desk, **typed)

    assert answer.status_code == 422, answer.status_code
    assert "field-error" in answer.text or 'class="banner bad"' in answer.text
    assert Customer.objects.count() == 4


def test_odd_names_are_kept_as_text(desk):
    name = "<script>alert(1)</script> O'Neil \u202e😀"

    answer = send(desk, name=name, phone="")

    assert answer.status_code == 302
    kept = Customer.objects.latest("pk")
    assert kept.name == "<script>alert(1)</script> O'Neil 😀"


def test_a_leaver_and_a_stranger_get_nothing(clinic, client):
    assert client.get(reverse("customer-new")).status_code == 302
    client.force_login(clinic.members["owner"])
    assert client.get(reverse("customer-new")).status_code == 200


def test_who_may_not_read_telephones_is_not_asked_for_one(clinic, client):
    from kesher.organization.models import Clearance

    Clearance.objects.filter(classification__key="contact").delete()
    role = clinic.members["receptionist"].role
    role.version += 1
    role.save()
    client.force_login(clinic.members["receptionist"])

    page = client.get(reverse("customer-new")).text

    assert 'name="phone"' not in page
    assert 'name="name"' in page
