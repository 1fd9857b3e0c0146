"""All of a customer in one form: only what was touched is written, and a clash shows both."""

import re
from datetime import date

import pytest
from django.urls import reverse

from kesher.core.access import SYSTEM
from kesher.customers.commands.assigning import assign
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.leaving import bin_customers
from kesher.customers.models import Customer


@pytest.fixture
def desk(clinic, client):
    """The receptionist of Haifa, signed in."""
    client.force_login(clinic.members["receptionist"])
    return client


def opened(client, customer):
    """What a browser would send back unchanged."""
    html = client.get(reverse("customer-edit", args=[customer.pk])).text
    form = html.split('class="stack-l edit-customer"')[1].split("</form>")[0]
    fields: dict = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and not ("checkbox" in tag and "checked" not in tag):
            fields.setdefault(name[1], []).append(value[1] if value else "")
    for name, inside in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        fields[name] = [chosen[1] if chosen else ""]
    for name, inside in re.findall(r'<textarea name="([^"]+)".*?>\n?(.*?)</textarea>', form, re.S):
        fields[name] = [inside]
    return fields


def send(client, customer, fields, **changed):
    data = fields | {
        name: value if isinstance(value, list) else [value] for name, value in changed.items()
    }
    return client.post(reverse("customer-edit", args=[customer.pk]), data)


def fresh(customer):
    return Customer.objects.get(pk=customer.pk)


def test_sent_back_unchanged_it_changes_nothing(desk, clinic):
    noa = clinic.customers["noa"]

    answer = send(desk, noa, opened(desk, noa))

    assert answer.status_code == 302
    assert fresh(noa).version == 1


def test_what_was_touched_is_written(desk, clinic):
    noa = clinic.customers["noa"]

    send(
        desk, noa, opened(desk, noa),
        first_name="Noa", birth_on="01/02/1990", preferred_days=["1", "3"],
        preferred_from="09:00", owner=str(clinic.members["manager"].pk), tags="vip, smoker",
        source="Web", about="Afraid of needles", language="el",
    )  # fmt: skip

    now = fresh(noa)
    assert (now.name, now.birth_on.isoformat()) == ("Noa שלו", "1990-02-01")
    assert (now.preferred_days, now.preferred_from.hour) == ([1, 3], 9)
    assert (now.owner, now.source.name) == (clinic.members["manager"], "Web")
    assert sorted(now.tags.values_list("name", flat=True)) == ["smoker", "vip"]
    assert (now.about, now.language) == ("Afraid of needles", "el")


def test_what_a_colleague_changed_elsewhere_stays(desk, clinic):
    noa = clinic.customers["noa"]
    held = opened(desk, noa)
    change_customer(by=SYSTEM, customer=noa, values={"city": "Acre"})
    assign(by=SYSTEM, customers=[noa], add_tags=["vip"])

    answer = send(desk, noa, held, language="el", tags="smoker")

    assert answer.status_code == 302
    now = fresh(noa)
    assert (now.city, now.language) == ("Acre", "el")
    assert sorted(now.tags.values_list("name", flat=True)) == ["smoker", "vip"]


def test_the_same_field_shows_both_and_lets_one_choose(desk, clinic):
    noa = clinic.customers["noa"]
    held = opened(desk, noa)
    change_customer(by=clinic.actor("manager"), customer=noa, values={"city": "Acre"})

    clash = send(desk, noa, held, city="Tyre", language="el")

    assert clash.status_code == 409
    assert "Acre" in clash.text
    assert "Tyre" in clash.text
    assert "Manager Cohen" in clash.text
    assert fresh(noa).language == "he"

    seen = re.search(r'name="seen" value="(\d+)"', clash.text)[1]
    send(desk, noa, held, city="Tyre", language="el", seen=seen, **{"keep-city": "theirs"})
    assert (fresh(noa).city, fresh(noa).language) == ("Acre", "el")


def test_mine_can_win(desk, clinic):
    noa = clinic.customers["noa"]
    held = opened(desk, noa)
    change_customer(by=SYSTEM, customer=noa, values={"city": "Acre"})
    clash = send(desk, noa, held, city="Tyre")
    seen = re.search(r'name="seen" value="(\d+)"', clash.text)[1]

    send(desk, noa, held, city="Tyre", seen=seen, **{"keep-city": "mine"})

    assert fresh(noa).city == "Tyre"


@pytest.mark.parametrize(
    "typed",
    [
        {"birth_on": "31/02/1990"},
        {"reference": "C-100"},
        {"first_name": "", "last_name": ""},
        {"preferred_from": "12:00", "preferred_until": "09:00"},
        {"stage": "best"},
        {"owner": "99999999999999999999"},
        {"branches": ["x"]},
        {"branches": []},
        {"about": "x" * 20_001},
        {"first_name": "\x00"},
        {"since_on": "x\x00"},
        {"preferred_days": ["9"]},
    ],
)
def test_bad_input_is_answered_in_the_form(desk, clinic, typed):
    noa = clinic.customers["noa"]
    if typed == {"first_name": "\x00"}:
        typed = {"first_name": "\x00", "last_name": ""}

    answer = send(desk, noa, opened(desk, noa), city="Acre", **typed)

    assert answer.status_code == 422
    assert "field-error" in answer.text or "banner bad" in answer.text
    assert fresh(noa).city == "חיפה"


def test_another_branch_does_not_know_of_him(desk, clinic):
    eleni = clinic.customers["eleni"]

    for name in ("customer-edit", "contacts", "ties", "wishes"):
        assert desk.get(reverse(name, args=[eleni.pk])).status_code == 404
    for name in ("customer-archive", "customer-bin"):
        assert desk.post(reverse(name, args=[eleni.pk])).status_code == 404


def test_what_one_may_not_read_is_neither_shown_nor_wiped_out(clinic, client):
    yosef = clinic.customers["yosef"]
    change_customer(by=SYSTEM, customer=yosef, values={"about": "secret allergy"})
    client.force_login(clinic.members["agent"])

    html = client.get(reverse("customer-edit", args=[yosef.pk])).text
    assert "secret allergy" not in html
    assert 'name="birth_on"' not in html

    send(client, yosef, opened(client, yosef), city="Acre")
    assert (fresh(yosef).city, fresh(yosef).about) == ("Acre", "secret allergy")


def test_archive_and_back(desk, clinic):
    noa = clinic.customers["noa"]
    address = reverse("customer-archive", args=[noa.pk])

    desk.post(address)
    assert fresh(noa).archived_at is not None
    desk.post(address, {"back": "1"})
    assert fresh(noa).archived_at is None


def test_the_bin_is_shown_to_those_who_may_and_gives_back(clinic, client):
    import datetime

    noa = clinic.customers["noa"]
    client.force_login(clinic.members["manager"])
    client.post(reverse("customer-bin", args=[noa.pk]))
    assert fresh(noa).binned_at is not None
    assert "נועה" in client.get(reverse("bin")).text

    client.post(reverse("customer-restore", args=[noa.pk]))
    assert fresh(noa).binned_at is None

    bin_customers(by=SYSTEM, customers=[fresh(noa)], now=datetime.datetime.now(datetime.UTC))
    client.post(reverse("customer-delete", args=[noa.pk]))
    assert not Customer.objects.filter(pk=noa.pk).exists()

    client.force_login(clinic.members["receptionist"])
    assert client.get(reverse("bin")).status_code == 403


def test_a_day_stands_in_the_form_as_it_is_typed(desk, clinic):
    noa, owner = clinic.customers["noa"], clinic.actor("owner")
    change_customer(by=owner, customer=noa, values={"birth_on": date(1990, 2, 1)})

    fields = opened(desk, noa)
    assert fields["birth_on"] == ["01/02/1990"]
    send(desk, noa, fields)
    assert fresh(noa).birth_on == date(1990, 2, 1)


@pytest.mark.parametrize("act", ["edit", "archive", "bin"])
def test_what_was_done_on_a_page_is_taken_back_from_the_next(clinic, client, act):
    noa = clinic.customers["noa"]
    client.force_login(clinic.members["owner"])
    if act == "edit":
        answer = send(client, noa, opened(client, noa), city="Acre")
    else:
        answer = client.post(reverse(f"customer-{act}", args=[noa.pk]))
    shown = client.get(answer["Location"]).text
    assert fresh(noa).version == 2

    client.post(re.search(r'<form method="post" action="(/undo/[^"]+)"', shown)[1])
    now = fresh(noa)
    assert (now.city, now.archived_at, now.binned_at) == ("חיפה", None, None)
