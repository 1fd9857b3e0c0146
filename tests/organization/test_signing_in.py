import pytest
from django.test import Client

from kesher.core.access import AccessDenied
from kesher.core.models import EventRecord
from kesher.organization.commands.signing_in import (
    end_other_sessions,
    end_session,
    forget_second_steps,
)
from kesher.organization.limits import BeyondOwnRights
from kesher.organization.models import Session


@pytest.fixture
def windows(clinic):
    """The dentist is signed in at two places, the receptionist at one."""
    browsers = [Client(), Client(), Client()]
    for browser, name in zip(browsers, ("dentist", "dentist", "receptionist"), strict=True):
        browser.force_login(clinic.members[name])
    return browsers


def signed_in(clinic, name):
    return Session.objects.filter(member=clinic.members[name]).count()


def test_one_ends_his_other_sessions_and_keeps_this_one(clinic, windows):
    here = windows[0].session.session_key

    ended = end_other_sessions(
        by=clinic.actor("dentist"), member=clinic.members["dentist"], besides=here
    )

    assert ended == 1
    assert [s.session_key for s in Session.objects.filter(member=clinic.members["dentist"])] == [
        here
    ]
    assert signed_in(clinic, "receptionist") == 1
    assert EventRecord.objects.filter(name="organization.SessionsEnded").count() == 1


def test_one_session_can_be_ended_by_its_owner_and_by_who_manages_him(clinic, windows):
    mine, other, third = (Session.objects.get(pk=b.session.session_key) for b in windows)

    end_session(by=clinic.actor("dentist"), session=mine)
    end_session(by=clinic.actor("manager"), session=other)

    with pytest.raises(AccessDenied):
        end_session(by=clinic.actor("dentist"), session=third)
    assert (signed_in(clinic, "dentist"), signed_in(clinic, "receptionist")) == (0, 1)


def test_nobody_signs_a_colleague_out(clinic, windows):
    with pytest.raises(AccessDenied):
        end_other_sessions(by=clinic.actor("agent"), member=clinic.members["dentist"])
    assert signed_in(clinic, "dentist") == 2


def test_a_lost_phone_is_forgotten_by_who_manages_the_member(clinic, windows):
    receptionist = clinic.members["receptionist"]
    receptionist.authenticator_set.create(type="totp", data={"secret": "x"})

    forget_second_steps(by=clinic.actor("manager"), member=receptionist)

    assert not receptionist.authenticator_set.exists()
    assert signed_in(clinic, "receptionist") == 0


def test_a_manager_does_not_weaken_the_sign_in_of_who_may_do_more(clinic):
    clinic.owner.memberbranch_set.create(branch=clinic.haifa)
    with pytest.raises(BeyondOwnRights):
        forget_second_steps(by=clinic.actor("manager"), member=clinic.owner)
    with pytest.raises(AccessDenied):
        forget_second_steps(by=clinic.actor("dentist"), member=clinic.members["dentist"])
