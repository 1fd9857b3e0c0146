from datetime import timedelta

import pytest
from django.utils import timezone

from kesher.core.access import AccessDenied
from kesher.core.changes import EditConflict
from kesher.core.events import deliver_due
from kesher.core.models import EventRecord
from kesher.engagement.models import Message
from kesher.organization.addresses import AddressTaken
from kesher.organization.commands.staff import (
    DetailTooLong,
    LastOwner,
    NameMissing,
    assign_role,
    change_member,
    choose_language,
)
from kesher.organization.limits import BeyondOwnRights
from kesher.organization.models import Member, Role


def change(clinic, who, by, seen=None, **values):
    return change_member(by=clinic.actor(by), member=clinic.members[who], values=values, seen=seen)


def test_one_changes_himself_and_a_manager_his_people(clinic):
    assert change(clinic, "dentist", "dentist", name=" Dana ").name == "Dana"
    assert change(clinic, "agent", "manager", email="Dana@clinic.test").email == "dana@clinic.test"
    assert EventRecord.objects.filter(name="organization.MemberChanged").count() == 2


def test_nobody_changes_a_colleague(clinic):
    with pytest.raises(AccessDenied):
        change(clinic, "dentist", "receptionist", name="X")
    with pytest.raises(AccessDenied):
        change(clinic, "eilat", "manager", name="X")


def test_the_address_that_signs_in_is_changed_only_by_who_may_do_as_much(clinic):
    with pytest.raises(AccessDenied):
        change(clinic, "dentist", "dentist", email="mine@evil.test")
    with pytest.raises(BeyondOwnRights):  # else a new password would make him the dentist
        change(clinic, "dentist", "manager", email="mine@evil.test")
    clinic.owner.memberbranch_set.create(branch=clinic.haifa)
    with pytest.raises(BeyondOwnRights):
        change(clinic, "owner", "manager", email="mine@evil.test")
    assert change(clinic, "dentist", "dentist", email="DENTIST@clinic.test", name="Dana").name


def test_refuses_an_address_in_use_and_an_empty_name(clinic):
    with pytest.raises(AddressTaken):
        change(clinic, "dentist", "owner", email="AGENT@clinic.test")
    with pytest.raises(NameMissing):
        change(clinic, "dentist", "owner", name="  ")
    assert change(clinic, "dentist", "owner", email="DENTIST@clinic.test").pk


def test_refuses_what_its_column_cannot_hold(clinic):
    for too_long in ({"name": "n" * 121}, {"phone": "4" * 41}):
        with pytest.raises(DetailTooLong):
            change(clinic, "dentist", "owner", **too_long)
    assert change(clinic, "dentist", "owner", name="n" * 120, phone="4" * 40).pk


def test_two_at_once_see_both(clinic):
    change(clinic, "dentist", "owner", name="One", seen=1)
    change(clinic, "dentist", "owner", phone="04-1234567", seen=1)
    with pytest.raises(EditConflict):
        change(clinic, "dentist", "owner", name="Two", seen=1)


def test_a_language_is_chosen_for_oneself(clinic):
    choose_language(by=clinic.actor("agent"), language="el")
    assert Member.objects.get(pk=clinic.members["agent"].pk).language == "el"


# ---- roles


def role(key):
    return Role.objects.get(key=key)


def test_a_role_is_given_within_ones_own_rights(clinic):
    assign_role(
        by=clinic.actor("manager"), member=clinic.members["agent"], role=role("receptionist")
    )
    assert clinic.actor("agent").scope("customers.customer", "view") == 3

    with pytest.raises(BeyondOwnRights):
        assign_role(by=clinic.actor("manager"), member=clinic.members["agent"], role=role("owner"))
    with pytest.raises(BeyondOwnRights):  # nor does he demote who has more
        assign_role(
            by=clinic.actor("manager"), member=clinic.members["dentist"], role=role("agent")
        )


def test_nobody_promotes_himself(clinic):
    with pytest.raises(BeyondOwnRights):
        assign_role(
            by=clinic.actor("manager"), member=clinic.members["manager"], role=role("owner")
        )
    with pytest.raises(AccessDenied):
        assign_role(by=clinic.actor("agent"), member=clinic.members["agent"], role=role("manager"))


def test_the_last_owner_stays_owner(clinic):
    with pytest.raises(LastOwner):
        assign_role(by=clinic.actor("owner"), member=clinic.owner, role=role("agent"))

    assign_role(by=clinic.actor("owner"), member=clinic.members["dentist"], role=role("owner"))
    assign_role(by=clinic.actor("dentist"), member=clinic.owner, role=role("agent"))
    assert Member.objects.get(pk=clinic.owner.pk).role.key == "agent"


def test_the_old_address_is_told_of_the_new_one(clinic):
    change(clinic, "dentist", "owner", email="elsewhere@clinic.test")
    change(clinic, "dentist", "owner", name="Dana")
    deliver_due(now=timezone.now() + timedelta(minutes=1))

    (letter,) = Message.objects.all()
    assert (letter.template, letter.address) == ("address_changed", "dentist@clinic.test")
    assert "elsewhere" not in letter.text
    assert "Carmel Dental" in letter.text
