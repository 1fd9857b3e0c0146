import pytest
from django.contrib.auth import authenticate

from kesher.core.access import AccessDenied
from kesher.core.models import EventRecord
from kesher.organization.addresses import AddressTaken, BadAddress
from kesher.organization.commands.staff import NameMissing, add_member
from kesher.organization.limits import BeyondOwnBranches, BeyondOwnRights
from kesher.organization.models import Member, Role


def role(key):
    return Role.objects.get(key=key)


def test_takes_somebody_on_in_branches(clinic):
    rivka = add_member(
        by=clinic.actor("owner"), name=" Rivka ", email="Rivka@Clinic.test", role=role("dentist"),
        branches=[clinic.haifa, clinic.eilat], password="teeth and more teeth",
    )  # fmt: skip

    assert (rivka.name, rivka.email) == ("Rivka", "rivka@clinic.test")
    assert set(rivka.branches.all()) == {clinic.haifa, clinic.eilat}
    assert authenticate(None, email="rivka@clinic.test", password="teeth and more teeth") == rivka
    assert EventRecord.objects.filter(name="organization.MemberJoined", record_id=rivka.pk).exists()


def test_without_a_password_nobody_signs_in_as_him(clinic):
    member = add_member(
        by=clinic.actor("owner"), name="Rivka", email="rivka@clinic.test", role=role("dentist"),
        branches=[clinic.haifa],
    )  # fmt: skip

    assert not member.has_usable_password()


def test_a_manager_takes_on_a_receptionist_of_his_branch(clinic):
    member = add_member(
        by=clinic.actor("manager"), name="Rivka", email="rivka@clinic.test",
        role=role("receptionist"), branches=[clinic.haifa],
    )  # fmt: skip

    assert list(member.branches.all()) == [clinic.haifa]


def test_refuses_an_address_that_somebody_signs_in_with_whatever_its_case(clinic):
    with pytest.raises(AddressTaken, match=r"already signs in with dentist@clinic\.test"):
        add_member(
            by=clinic.actor("owner"), name="Other", email="DENTIST@clinic.test",
            role=role("agent"), branches=[clinic.haifa],
        )  # fmt: skip


@pytest.mark.parametrize("email", ["", "nobody", "two@at@signs", "a b@c.test", "x@clinic\n.test"])
def test_refuses_what_is_no_address(clinic, email):
    with pytest.raises(BadAddress):
        add_member(
            by=clinic.actor("owner"), name="Other", email=email, role=role("agent"), branches=[]
        )


def test_refuses_a_member_without_a_name(clinic):
    with pytest.raises(NameMissing):
        add_member(
            by=clinic.actor("owner"), name=" \u202e ", email="x@clinic.test", role=role("agent"),
            branches=[],
        )  # fmt: skip


@pytest.mark.parametrize("key", ["owner", "dentist", "bookkeeper"])
def test_a_manager_hands_out_no_role_beyond_his_own(clinic, key):
    with pytest.raises(BeyondOwnRights):
        add_member(
            by=clinic.actor("manager"), name="Other", email="x@clinic.test", role=role(key),
            branches=[clinic.haifa],
        )  # fmt: skip


def test_a_manager_takes_nobody_on_in_another_branch(clinic):
    with pytest.raises(BeyondOwnBranches):
        add_member(
            by=clinic.actor("manager"), name="Other", email="x@clinic.test", role=role("agent"),
            branches=[clinic.haifa, clinic.eilat],
        )  # fmt: skip


@pytest.mark.parametrize("who", ["receptionist", "dentist", "agent", "leaver"])
def test_others_take_nobody_on(clinic, who):
    before = Member.objects.count()
    with pytest.raises(AccessDenied):
        add_member(
            by=clinic.actor(who), name="Other", email="x@clinic.test",
            role=Role.objects.create(key="nothing"), branches=[],
        )  # fmt: skip
    assert Member.objects.count() == before
