import pytest
from django.test import Client

from kesher.core.access import AccessDenied
from kesher.core.models import EventRecord
from kesher.organization.commands.staff import (
    HasLeft,
    LastOwner,
    assign_role,
    end_membership,
)
from kesher.organization.limits import BeyondOwnRights
from kesher.organization.models import Member, Role


def test_a_leaver_is_signed_out_at_once_and_may_do_nothing(clinic):
    dentist = clinic.members["dentist"]
    browser = Client()
    browser.force_login(dentist)
    session_key = browser.session.session_key

    end_membership(by=clinic.actor("owner"), member=dentist)

    assert not browser.session.exists(session_key)
    dentist.refresh_from_db()
    assert not dentist.is_active
    assert dentist.left_on is not None
    assert clinic.actor("dentist").grants == {}
    assert clinic.actor("dentist").clearances == frozenset()
    assert EventRecord.objects.filter(name="organization.MemberLeft", record_id=dentist.pk).exists()


def test_the_sessions_of_others_go_on(clinic):
    browser = Client()
    browser.force_login(clinic.members["receptionist"])

    end_membership(by=clinic.actor("owner"), member=clinic.members["dentist"])

    assert browser.session.exists(browser.session.session_key)


def test_refuses_to_let_the_last_owner_go(clinic):
    with pytest.raises(LastOwner):
        end_membership(by=clinic.actor("owner"), member=clinic.owner)
    assert Member.objects.get(pk=clinic.owner.pk).is_active


def test_one_of_two_owners_may_go(clinic):
    boss = clinic.actor("owner")
    assign_role(by=boss, member=clinic.members["dentist"], role=Role.objects.get(key="owner"))

    end_membership(by=boss, member=clinic.owner)

    assert not Member.objects.get(pk=clinic.owner.pk).is_active


def test_refuses_somebody_who_has_left_already(clinic):
    with pytest.raises(HasLeft, match="Leaver Cohen has left"):
        end_membership(by=clinic.actor("owner"), member=clinic.members["leaver"])


def test_a_manager_lets_go_only_whom_he_could_have_taken_on(clinic):
    end_membership(by=clinic.actor("manager"), member=clinic.members["receptionist"])

    with pytest.raises(BeyondOwnRights):
        end_membership(by=clinic.actor("manager"), member=clinic.members["dentist"])
    with pytest.raises(AccessDenied):
        end_membership(by=clinic.actor("manager"), member=clinic.members["eilat"])


def test_others_let_nobody_go(clinic):
    with pytest.raises(AccessDenied):
        end_membership(by=clinic.actor("receptionist"), member=clinic.members["agent"])
