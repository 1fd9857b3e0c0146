"""The first visit makes the owner; there is no second one."""

import threading

import pytest
from django.db import connection
from django.test import Client

from kesher.organization.models import Branch, Business, Member

FIRST = {
    "business": "Carmel Dental", "trade": "clinic", "branch": "Haifa", "country": "IL",
    "language": "he", "name": "Orly", "email": "orly@carmel.test",
    "password": "a long owner's password",
}  # fmt: skip


@pytest.mark.django_db
def test_every_door_leads_to_the_first_visit():
    assert Client().get("/me/")["Location"].startswith("/account/login/")
    assert Client().get("/account/login/")["Location"] == "/welcome/"
    assert "Nobody works here yet." in Client().get("/welcome/").content.decode()


@pytest.mark.django_db
def test_opens_the_business_and_signs_the_owner_in():
    browser = Client()

    done = browser.post("/welcome/", FIRST)

    assert done["Location"] == "/"
    business = Business.objects.get()
    assert (business.name, business.currency, business.time_zone) == (
        "Carmel Dental", "ILS", "Asia/Jerusalem",
    )  # fmt: skip
    assert list(Branch.objects.values_list("name", flat=True)) == ["Haifa"]
    page = browser.get("/me/")
    assert page.status_code == 200
    assert 'lang="he" dir="rtl"' in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"password": "1234567890"}, "too common"),
        ({"password": "short"}, "too short"),
        ({"email": "nobody"}, "valid email"),
        ({"business": ""}, "required"),
        ({"trade": "piracy"}, "valid choice"),
        ({"country": "XX"}, "valid choice"),
    ],
)
def test_says_what_is_wrong_and_does_nothing(changed, said):
    answer = Client().post("/welcome/", FIRST | changed)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Member.objects.exists()


def test_is_gone_once_somebody_works_here(clinic):
    assert Client().get("/welcome/").status_code == 404
    assert Client().post("/welcome/", FIRST).status_code == 404
    assert not Member.objects.filter(email="orly@carmel.test").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_at_once_one_becomes_the_owner():
    answers = []

    def visit(number):
        try:
            answer = Client().post("/welcome/", FIRST | {"email": f"orly{number}@carmel.test"})
            answers.append(answer.status_code)
        finally:
            connection.close()

    visitors = [threading.Thread(target=visit, args=(number,)) for number in range(6)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()

    assert sorted(answers)[0] == 302
    assert answers.count(302) == 1
    assert (Member.objects.count(), Business.objects.count()) == (1, 1)
