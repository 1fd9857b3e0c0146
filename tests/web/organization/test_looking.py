"""Looking as somebody else: his sight, not his hands."""

import pytest
from django.test import Client

from kesher.core.access import visible
from kesher.customers.models import Customer
from kesher.organization.held import with_belongings
from kesher.organization.models import Member, Role
from kesher.surface.actor import acting


def look(browser, kind, pk):
    return browser.post("/settings/view-as/", {"kind": kind, "pk": pk})


def seen_by(browser, clinic, name):
    actor, viewing = acting(browser.session, with_belongings(clinic.members[name].pk))
    return {customer.name for customer in visible(actor, Customer)}, actor, viewing


def test_an_owner_sees_exactly_what_a_member_sees(browse, clinic):
    browser = browse("owner")
    before, _actor, _viewing = seen_by(browser, clinic, "owner")
    assert len(before) == 4

    assert look(browser, "member", clinic.members["agent"].pk)["Location"] == "/"

    after, actor, viewing = seen_by(browser, clinic, "owner")
    assert after == {"יוסף כהן"}
    assert actor == clinic.actor("agent")
    assert (viewing.kind, viewing.label) == ("member", "Agent Cohen")
    page = browser.get("/settings/").content.decode()
    assert "<bdi>Agent Cohen</bdi></b> does. Nothing is saved." in page
    assert "/settings/view-as/stop/" in page
    assert "/settings/roles/" not in page
    assert browser.get("/settings/roles/").status_code == 403


def test_a_role_is_looked_at_from_ones_own_branches(browse, clinic):
    clinic.owner.memberbranch_set.create(branch=clinic.eilat)
    browser = browse("owner")

    look(browser, "role", Role.objects.get(key="receptionist").pk)

    seen, actor, viewing = seen_by(browser, clinic, "owner")
    assert seen == {"Ελένη Μάρκου", "יוסף כהן"}
    assert actor.grants == clinic.actor("receptionist").grants
    assert viewing.label == "Receptionist"


@pytest.mark.parametrize(
    "path", ["/me/", "/settings/view-as/", "/language/", "/me/sessions/others/end/", "/absences/"]
)
def test_nothing_can_be_changed_meanwhile(browse, clinic, path):
    browser = browse("owner")
    look(browser, "member", clinic.members["agent"].pk)
    before = list(Member.objects.order_by("pk").values())

    answer = browser.post(path, {"language": "el", "name": "X", "seen": 1})

    assert answer.status_code == 403
    assert "Stop looking before you change anything." in answer.content.decode()
    assert list(Member.objects.order_by("pk").values()) == before


def test_what_a_page_writes_while_looking_is_taken_back(browse, clinic, monkeypatch):
    from kesher.web.organization import business_pages

    def careless(request, template, place, **context):
        Member.objects.filter(pk=clinic.members["agent"].pk).update(name="Changed by looking")
        return original(request, template, place, **context)

    original = business_pages.settings_page
    monkeypatch.setattr(business_pages, "settings_page", careless)
    browser = browse("owner")
    look(browser, "member", clinic.members["agent"].pk)

    assert browser.get("/settings/").status_code == 200
    assert Member.objects.get(pk=clinic.members["agent"].pk).name == "Agent Cohen"


def test_stops_and_signs_out(browse, clinic):
    browser = browse("owner")
    look(browser, "member", clinic.members["agent"].pk)

    assert browser.post("/settings/view-as/stop/")["Location"] == "/settings/"
    assert browser.get("/settings/roles/").status_code == 200

    look(browser, "member", clinic.members["agent"].pk)
    browser.post("/account/logout/")
    assert browser.get("/settings/").status_code == 302


def test_nobody_looks_as_one_who_sees_more(browse, clinic):
    manager = browse("manager")
    assert look(manager, "member", clinic.members["receptionist"].pk).status_code == 302
    manager.post("/settings/view-as/stop/")

    for pk in (clinic.owner.pk, clinic.members["dentist"].pk, clinic.members["eilat"].pk, 999):
        assert look(manager, "member", pk).status_code == 404
    for role in Role.objects.all():
        assert look(manager, "role", role.pk).status_code == 404
    assert look(manager, "planet", 1).status_code == 404
    assert look(browse("agent"), "member", clinic.members["agent"].pk).status_code == 404


def test_looking_ends_when_the_right_to_it_ends(browse, clinic):
    from kesher.organization.commands.staff import assign_role

    browser = browse("manager")
    look(browser, "member", clinic.members["receptionist"].pk)
    assign_role(
        by=clinic.actor("owner"), member=clinic.members["manager"],
        role=Role.objects.get(key="agent"),
    )  # fmt: skip

    _seen, actor, viewing = seen_by(browser, clinic, "manager")
    assert viewing is None
    assert actor == clinic.actor("manager")


def test_the_live_stream_tells_what_the_other_would_hear(browse, clinic):
    from kesher.config.serving.listeners import actor_behind

    browser = browse("owner")
    look(browser, "member", clinic.members["agent"].pk)

    assert actor_behind(browser.session.session_key) == clinic.actor("agent")


@pytest.mark.django_db
def test_a_stranger_is_sent_to_the_door():
    assert Client().post("/settings/view-as/").status_code == 302
