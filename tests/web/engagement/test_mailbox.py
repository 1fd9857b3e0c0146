"""The mailbox: who may read which message, and what may still be done about it."""

import pytest
from django.test import Client
from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.engagement.commands.messaging import send_message
from kesher.engagement.models import Message


@pytest.fixture
def browse(clinic):
    def open_browser(name):
        browser = Client()
        browser.force_login(clinic.members[name])
        return browser

    return open_browser


def write(to, key, text="We look forward to it."):
    return send_message(
        by=SYSTEM, template="written", to=to, key=key, now=timezone.now(),
        context={"subject": f"Subject {key}", "text": text},
    )  # fmt: skip


@pytest.fixture
def letters(clinic):
    return {
        "noa": write(clinic.customers["noa"], "noa"),
        "dentist": write(clinic.members["dentist"], "dentist"),
        "owner": write(clinic.owner, "owner"),
    }


SEEN = {
    "owner": {"noa", "dentist", "owner"},
    "receptionist": {"noa"},
    "dentist": {"noa", "dentist"},
    "manager": {"noa"},
    "eilat": set(),
}


@pytest.mark.parametrize("who", SEEN)
def test_what_is_written_to_one_of_us_is_read_by_him_and_by_owners(browse, letters, who):
    page = browse(who).get("/mailbox/").content.decode()

    assert {key for key in letters if f"Subject {key}" in page} == SEEN[who]
    for key, message in letters.items():
        status = browse(who).get(f"/mailbox/{message.pk}/").status_code
        assert status == (200 if key in SEEN[who] else 404)


def test_a_role_without_messages_has_no_mailbox(browse, clinic):
    from kesher.organization.commands.staff import assign_role
    from kesher.organization.models import Role

    assign_role(
        by=clinic.actor("owner"), member=clinic.members["agent"],
        role=Role.objects.get(key="bookkeeper"),
    )  # fmt: skip
    assert browse("agent").get("/mailbox/").status_code == 403


def test_markup_in_a_message_stays_text(browse, clinic):
    message = write(clinic.customers["noa"], "x", "<script>alert(1)</script> javascript:alert(1)")
    page = browse("receptionist").get(f"/mailbox/{message.pk}/").content.decode()

    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_a_message_is_taken_back_repeated_and_accepted(browse, letters):
    browser, message = browse("receptionist"), letters["noa"]
    browser.post(f"/mailbox/{message.pk}/withdrawal/")
    assert Message.objects.get(pk=message.pk).state == "refused"

    Message.objects.filter(pk=message.pk).update(state="unknown", error="interrupted")
    page = browser.get(f"/mailbox/{message.pk}/").content.decode()
    assert f"/mailbox/{message.pk}/repetition/" in page
    browser.post(f"/mailbox/{message.pk}/acceptance/")
    assert Message.objects.get(pk=message.pk).state == "sent"

    Message.objects.filter(pk=message.pk).update(state="failed")
    browser.post(f"/mailbox/{message.pk}/repetition/")
    assert Message.objects.get(pk=message.pk).state == "waiting"
    assert browse("eilat").post(f"/mailbox/{message.pk}/withdrawal/").status_code == 404


def test_pages_and_kinds(browse, clinic):
    for number in range(52):
        write(clinic.customers["noa"], f"n{number}")
    Message.objects.filter(key="n7").update(state="unknown")
    browser = browse("owner")

    first = browser.get("/mailbox/").content.decode()
    assert first.count('class="grow cut"') == 50
    before = Message.objects.get(key="n2").pk
    assert f"before={before}" in first
    assert "Subject n1" in browser.get(f"/mailbox/?before={before}").content.decode()
    doubt = browser.get("/mailbox/?which=doubt").content.decode()
    assert doubt.count('class="grow cut"') == 1
    assert browser.get("/mailbox/?which=<x>&before=9999999999999999999999").status_code == 200
