"""The page of a member: everybody sees who a colleague is, few change it."""

import re

import pytest
from django.test import Client

from kesher.engagement.models import Message
from kesher.organization.models import Invitation, Member, Role, Shift


def path(clinic, who, act=""):
    return f"/members/{clinic.members[who].pk}/" + (f"{act}/" if act else "")


def test_a_colleague_is_seen_and_nothing_offered(browse, clinic):
    page = browse("receptionist").get(path(clinic, "dentist")).content.decode()

    assert "dentist@clinic.test" in page
    for act in ("about", "role", "places", "leaving", "shifts", "sign-out"):
        assert path(clinic, "dentist", act) not in page


def test_a_manager_is_offered_what_he_may_do(browse, clinic):
    page = browse("manager").get(path(clinic, "receptionist")).content.decode()
    for act in ("about", "role", "places", "leaving", "shifts"):
        assert path(clinic, "receptionist", act) in page
    roles = re.search(r'<select name="role".*?</select>', page, re.DOTALL)[0]
    assert "Receptionist" in roles
    assert "Owner" not in roles

    beyond = browse("manager").get(path(clinic, "dentist")).content.decode()
    assert path(clinic, "dentist", "role") not in beyond
    assert path(clinic, "dentist", "leaving") not in beyond


def test_a_member_is_changed(browse, clinic):
    given = {"name": "Dana", "email": "dana@clinic.test", "language": "he", "seen": 1}
    browser = browse("owner")

    assert browser.post(path(clinic, "dentist", "about"), given).status_code == 302
    assert Member.objects.get(pk=clinic.members["dentist"].pk).email == "dana@clinic.test"
    taken = browser.post(
        path(clinic, "dentist", "about"), given | {"email": "agent@clinic.test", "seen": 2}
    )
    assert taken.status_code == 422
    assert "already signs in with" in taken.content.decode()


def test_role_and_places_are_given(browse, clinic):
    browser = browse("owner")
    dentist = clinic.members["dentist"]
    chosen = Role.objects.get(key="hygienist")

    browser.post(path(clinic, "dentist", "role"), {"role": chosen.pk, "seen": 1})
    browser.post(path(clinic, "dentist", "places"), {"branches": [clinic.eilat.pk]})

    changed = Member.objects.get(pk=dentist.pk)
    assert changed.role == chosen
    assert list(changed.branches.all()) == [clinic.eilat]


def test_the_last_owner_cannot_be_let_go_or_demoted(browse, clinic):
    browser = browse("owner")
    assert browser.post(path(clinic, "owner", "leaving")).status_code == 422
    answer = browser.post(
        path(clinic, "owner", "role"), {"role": Role.objects.get(key="agent").pk, "seen": 1}
    )
    assert answer.status_code == 422
    assert Member.objects.get(pk=clinic.owner.pk).role.is_owner


def test_a_leaver_is_out_and_may_return(browse, clinic):
    dentist = browse("dentist")
    owner = browse("owner")

    owner.post(path(clinic, "dentist", "leaving"))
    assert dentist.get("/me/").status_code == 302
    page = owner.get(path(clinic, "dentist")).content.decode()
    assert "Take on again" in page
    owner.post(path(clinic, "dentist", "returning"))
    assert Member.objects.get(pk=clinic.members["dentist"].pk).is_active


def test_hours_are_planned_shown_and_taken_out(browse, clinic):
    browser = browse("manager")
    given = {
        "weekdays": ["6", "0"], "starts": "08:00", "ends": "14:00", "branch": clinic.haifa.pk,
    }  # fmt: skip

    browser.post(path(clinic, "receptionist", "shifts"), given)
    assert Shift.objects.count() == 2
    again = browser.post(path(clinic, "receptionist", "shifts"), given)
    assert again.status_code == 422
    assert "already works then: 08:00–14:00" in again.content.decode()
    other = browser.post(path(clinic, "dentist", "shifts"), given | {"branch": clinic.eilat.pk})
    assert other.status_code == 422

    browser.post(f"/shifts/{Shift.objects.first().pk}/removal/")
    assert Shift.objects.count() == 1
    refused = browse("dentist").post(f"/shifts/{Shift.objects.first().pk}/removal/")
    assert refused.status_code == 403


def test_a_manager_signs_a_member_out(browse, clinic):
    receptionist = browse("receptionist")
    page = browse("manager").get(path(clinic, "receptionist")).content.decode()
    assert path(clinic, "receptionist", "sign-out") in page

    browse("manager").post(path(clinic, "receptionist", "sign-out"))
    assert receptionist.get("/me/").status_code == 302


@pytest.mark.parametrize(
    "act", ["about", "role", "places", "leaving", "shifts", "sign-out", "second-step/removal"]
)
def test_nobody_acts_on_a_colleague(browse, clinic, act):
    before = Member.objects.values().get(pk=clinic.members["dentist"].pk)
    answer = browse("agent").post(
        path(clinic, "dentist", act),
        {
            "name": "X", "email": "x@clinic.test", "language": "en", "seen": 1,
            "role": Role.objects.get(key="agent").pk, "weekdays": ["0"], "starts": "08:00",
            "ends": "09:00", "branch": clinic.haifa.pk,
        },
    )  # fmt: skip

    assert answer.status_code in (403, 422)
    assert Member.objects.values().get(pk=clinic.members["dentist"].pk) == before
    assert not Shift.objects.exists()


# ---- inviting


def test_an_invitation_leaves_by_mail_and_its_link_is_shown_once(browse, clinic):
    browser = browse("manager")
    answer = browser.post("/members/invitations/", {
        "name": "Rivka", "email": "rivka@clinic.test", "language": "he",
        "role": Role.objects.get(key="receptionist").pk, "branches": [clinic.haifa.pk],
    })  # fmt: skip

    link = re.search(r'value="http://localhost:8000(/invitations/[^"]+)"', answer.content.decode())
    message = Message.objects.get()
    assert (message.template, message.language, message.address) == (
        "invitation", "he", "rivka@clinic.test",
    )  # fmt: skip
    assert link[1] in message.text
    assert link[1] not in browser.get("/members/invitations/").content.decode()
    assert Client().get(link[1]).status_code == 200


def test_it_is_renewed_and_withdrawn(browse, clinic):
    browser = browse("owner")
    browser.post("/members/invitations/", {
        "name": "Rivka", "email": "rivka@clinic.test", "language": "en",
        "role": Role.objects.get(key="dentist").pk,
    })  # fmt: skip
    invitation = Invitation.objects.get()
    old = invitation.digest

    renewed = browser.post(f"/members/invitations/{invitation.pk}/renewal/")
    assert "/invitations/" in renewed.content.decode()
    assert Invitation.objects.get().digest != old
    assert Message.objects.count() == 2
    foreign = browse("manager").post(f"/members/invitations/{invitation.pk}/withdrawal/")
    assert foreign.status_code == 404
    browser.post(f"/members/invitations/{invitation.pk}/withdrawal/")
    assert not Invitation.objects.exists()


def test_no_role_beyond_ones_own_can_be_slipped_in(browse, clinic):
    answer = browse("manager").post("/members/invitations/", {
        "name": "Rivka", "email": "rivka@clinic.test", "language": "en",
        "role": Role.objects.get(key="owner").pk, "branches": [clinic.haifa.pk],
    })  # fmt: skip

    assert answer.status_code == 422
    assert not Invitation.objects.exists()
