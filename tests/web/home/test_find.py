"""The search box: what it finds, for whom, and the same engine on the command line."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

PART = {"HX-Request": "true"}


@pytest.fixture
def desk(clinic, client):
    """The receptionist of Haifa, signed in."""
    client.force_login(clinic.members["receptionist"])
    return client


def found(client, typed, **headers):
    return client.get(reverse("find"), {"q": typed}, headers=PART | headers).text


def test_finds_a_customer_by_digits_and_means_him_alone(desk, clinic):
    html = found(desk, "3190")

    assert reverse("customer", args=[clinic.customers["noa"].pk]) in html
    assert "data-exact" in html
    assert "052-647-3190" in html


def test_without_scripts_it_is_a_page(desk, clinic):
    page = desk.get(reverse("find"), {"q": "noa"})

    assert "<html" in page.text
    assert reverse("customer", args=[clinic.customers["noa"].pk]) in page.text


def test_finds_nobody_of_another_branch(desk):
    html = found(desk, "Ελένη Μάρκου")

    assert "/customers/2/" not in html
    assert "Nobody found" in html


def test_nobody_found_begins_a_new_customer(desk):
    assert f"{reverse('customer-new')}?q=0521234567" in found(desk, "0521234567")


def test_actions_and_pages_only_where_they_may_be_opened(desk, clinic, client):
    assert reverse("customer-new") in found(desk, ">new")
    assert reverse("bin") not in found(desk, "bin")

    client.force_login(clinic.members["manager"])
    assert reverse("bin") in found(client, "bin")


def test_people_only_and_help(desk, clinic):
    assert "Actions" not in found(desk, "@new")
    assert reverse("help") in found(desk, "?")


@pytest.mark.parametrize("language", ["en", "he", "el"])
@pytest.mark.parametrize("typed", ["", "@", "#", ">", "?", "\x00", "%", "'", "x" * 10_000, "😀"])
def test_nothing_that_can_be_typed_breaks_it(desk, typed, language):
    answer = desk.get(reverse("find"), {"q": typed}, headers=PART | {"accept-language": language})

    assert answer.status_code == 200


def test_a_stranger_finds_nothing(clinic, client):
    assert client.get(reverse("find"), {"q": "noa"}).status_code in (302, 401)


def test_the_command_line_finds_the_same(clinic, capsys):
    call_command("find", "Yosef", "Cohen", "--json")
    everybody = json.loads(capsys.readouterr().out)
    call_command("find", "Ελένη", "--as", "receptionist@clinic.test")
    as_receptionist = capsys.readouterr().out

    assert everybody[0]["number"] == clinic.customers["yosef"].pk
    assert as_receptionist.strip() == "Nothing found."
    with pytest.raises(CommandError):
        call_command("find", "x", "--as", "nobody@clinic.test")
