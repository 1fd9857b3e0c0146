from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.models import EventRecord
from kesher.organization.addresses import AddressTaken, NoSuchLanguage
from kesher.organization.commands.inviting import (
    AlreadyAccepted,
    accept_invitation,
    invite_member,
    renew_invitation,
    withdraw_invitation,
)
from kesher.organization.invitations import InvitationGone, open_invitation
from kesher.organization.limits import BeyondOwnBranches, BeyondOwnRights
from kesher.organization.models import Invitation, Member, Role
from kesher.organization.passwords import WeakPassword

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def invite(clinic, by="owner", role="receptionist", **changed):
    given = {"name": "Rivka", "email": "rivka@clinic.test", "branches": [clinic.haifa], "now": NOW}
    return invite_member(by=clinic.actor(by), role=Role.objects.get(key=role), **given | changed)


def accept(token, **changed):
    given = {"name": "רבקה", "language": "he", "password": "a long new password", "now": NOW}
    return accept_invitation(by=SYSTEM, token=token, **given | changed)


def test_the_link_makes_a_member_of_the_role_and_branch(clinic):
    invitation, token = invite(clinic)

    member = accept(token)

    assert (member.name, member.language, member.role.key) == ("רבקה", "he", "receptionist")
    assert list(member.branches.all()) == [clinic.haifa]
    assert authenticate(None, email="rivka@clinic.test", password="a long new password") == member
    invitation.refresh_from_db()
    assert invitation.accepted_at == NOW
    assert EventRecord.objects.filter(name="organization.MemberInvited").count() == 1


def test_the_secret_is_long_and_nowhere_in_the_tables(clinic):
    invitation, token = invite(clinic)

    assert len(token) >= 43  # 256 bits
    assert token not in repr(Invitation.objects.values().get())
    assert token not in repr(list(EventRecord.objects.values()))
    assert len(invitation.digest) == 64


def test_looking_uses_nothing_up_but_accepting_does(clinic):
    _invitation, token = invite(clinic)
    for _look in range(3):
        assert open_invitation(SYSTEM, token, NOW).name == "Rivka"
    accept(token)

    with pytest.raises(InvitationGone):
        open_invitation(SYSTEM, token, NOW)
    with pytest.raises(InvitationGone):
        accept(token)
    assert Member.objects.filter(email="rivka@clinic.test").count() == 1


def test_expires(clinic):
    _invitation, token = invite(clinic)

    open_invitation(SYSTEM, token, NOW + timedelta(days=7) - timedelta(seconds=1))
    with pytest.raises(InvitationGone):
        accept(token, now=NOW + timedelta(days=7))


def test_a_new_link_ends_the_old_one(clinic):
    invitation, old = invite(clinic)
    _same, new = renew_invitation(by=clinic.actor("owner"), invitation=invitation, now=NOW)

    with pytest.raises(InvitationGone):
        open_invitation(SYSTEM, old, NOW)
    assert open_invitation(SYSTEM, new, NOW) == invitation


def test_inviting_the_same_address_again_ends_the_first_link(clinic):
    _first, old = invite(clinic)
    invite(clinic, email="RIVKA@clinic.test")

    with pytest.raises(InvitationGone):
        open_invitation(SYSTEM, old, NOW)
    assert Invitation.objects.count() == 1


def test_can_be_withdrawn_until_it_is_accepted(clinic):
    invitation, token = invite(clinic)
    withdraw_invitation(by=clinic.actor("owner"), invitation=invitation)
    with pytest.raises(InvitationGone):
        accept(token)

    invitation, token = invite(clinic)
    accept(token)
    invitation.refresh_from_db()
    with pytest.raises(AlreadyAccepted):
        withdraw_invitation(by=clinic.actor("owner"), invitation=invitation)


def test_a_weak_password_changes_nothing_and_the_link_still_works(clinic):
    _invitation, token = invite(clinic)

    with pytest.raises(WeakPassword):
        accept(token, password="password12")
    with pytest.raises(NoSuchLanguage):
        accept(token, language="xx")
    assert accept(token).is_active


def test_refuses_who_is_a_member_already(clinic):
    with pytest.raises(AddressTaken):
        invite(clinic, email="Dentist@clinic.test")


def test_a_manager_invites_for_his_branch_and_below_his_rights(clinic):
    invite(clinic, by="manager")

    with pytest.raises(BeyondOwnBranches):
        invite(clinic, by="manager", branches=[clinic.eilat])
    with pytest.raises(BeyondOwnRights):
        invite(clinic, by="manager", role="owner")


def test_others_invite_nobody(clinic):
    with pytest.raises(AccessDenied):
        invite(clinic, by="agent", role="agent", branches=[])


def test_a_manager_does_not_touch_the_invitations_of_others(clinic):
    invitation, _token = invite(clinic)

    with pytest.raises(AccessDenied):
        withdraw_invitation(by=clinic.actor("manager"), invitation=invitation)
