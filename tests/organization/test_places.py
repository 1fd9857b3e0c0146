from datetime import date

import pytest

from kesher.core.access import AccessDenied
from kesher.organization.commands.places import (
    LastBranch,
    NameMissing,
    NameTaken,
    StillInUse,
    add_branch,
    add_resource,
    add_team,
    change_branch,
    change_resource,
    change_team,
    close_branch,
    remove_team,
    reopen_branch,
    retire_resource,
    use_resource_again,
)
from kesher.organization.commands.staff import place_member
from kesher.organization.limits import BeyondOwnBranches, BeyondOwnTeams
from kesher.organization.models import Branch, Member, Team

TODAY = date(2026, 11, 24)


def test_a_branch_opens_changes_closes_and_opens_again(clinic):
    boss = clinic.actor("owner")
    acre = add_branch(by=boss, name=" Acre ", city="Acre")
    acre = change_branch(by=boss, branch=acre, values={"phone": "04-9876543"}, seen=1)
    assert (acre.name, acre.phone, acre.version) == ("Acre", "04-9876543", 2)

    assert close_branch(by=boss, branch=acre, on=TODAY).closed_on == TODAY
    assert reopen_branch(by=boss, branch=acre).closed_on is None


def test_names_of_branches_are_needed_and_not_shared(clinic):
    boss = clinic.actor("owner")
    with pytest.raises(NameMissing):
        add_branch(by=boss, name=" ")
    with pytest.raises(NameTaken):
        add_branch(by=boss, name="HAIFA")
    with pytest.raises(NameTaken):
        change_branch(by=boss, branch=clinic.eilat, values={"name": "Haifa"})
    assert change_branch(by=boss, branch=clinic.haifa, values={"name": "haifa"}).name == "haifa"


def test_the_last_branch_stays_open(clinic):
    boss = clinic.actor("owner")
    close_branch(by=boss, branch=clinic.eilat, on=TODAY)
    with pytest.raises(LastBranch):
        close_branch(by=boss, branch=clinic.haifa, on=TODAY)
    assert Branch.objects.filter(closed_on=None).count() == 1


def test_only_who_manages_branches_changes_them(clinic):
    for who in ("manager", "receptionist"):
        with pytest.raises(AccessDenied):
            add_branch(by=clinic.actor(who), name="Acre")
        with pytest.raises(AccessDenied):
            close_branch(by=clinic.actor(who), branch=clinic.haifa, on=TODAY)
    assert Branch.objects.count() == 2


def test_a_manager_makes_teams_and_rooms_of_his_branch_only(clinic):
    lead = clinic.actor("manager")
    team = add_team(by=lead, name="Front desk", branch=clinic.haifa)
    room = add_resource(by=lead, name="Room 1", kind="room", branch=clinic.haifa)

    with pytest.raises(AccessDenied):
        add_team(by=lead, name="Other", branch=clinic.eilat)
    with pytest.raises(AccessDenied):
        add_resource(by=lead, name="Room 2", kind="room", branch=clinic.eilat)
    with pytest.raises(AccessDenied):
        change_team(by=lead, team=team, values={"branch_id": clinic.eilat.pk})
    with pytest.raises(AccessDenied):
        change_resource(by=lead, resource=room, values={"branch_id": clinic.eilat.pk})
    assert Team.objects.get().branch == clinic.haifa


def test_rooms_have_one_name_in_a_branch_and_can_be_retired(clinic):
    boss = clinic.actor("owner")
    room = add_resource(by=boss, name="Room 1", kind="room", branch=clinic.haifa)
    add_resource(by=boss, name="Room 1", kind="room", branch=clinic.eilat)
    with pytest.raises(NameTaken):
        add_resource(by=boss, name="room 1", kind="device", branch=clinic.haifa)

    assert retire_resource(by=boss, resource=room, on=TODAY).retired_on == TODAY
    add_resource(by=boss, name="Room 1", kind="room", branch=clinic.haifa)
    assert use_resource_again(by=boss, resource=room).retired_on is None


def test_a_team_with_people_or_customers_stays(clinic):
    boss = clinic.actor("owner")
    team = add_team(by=boss, name="Front desk", branch=clinic.haifa)
    place_member(by=boss, member=clinic.members["agent"], branches=[clinic.haifa], teams=[team])
    with pytest.raises(StillInUse):
        remove_team(by=boss, team=team)

    place_member(by=boss, member=clinic.members["agent"], branches=[clinic.haifa], teams=[])
    clinic.customers["noa"].team = team
    clinic.customers["noa"].save()
    with pytest.raises(StillInUse):
        remove_team(by=boss, team=team)

    clinic.customers["noa"].team = None
    clinic.customers["noa"].save()
    remove_team(by=boss, team=team)
    assert not Team.objects.exists()


def test_a_manager_moves_people_within_his_branches_and_leaves_the_others(clinic):
    dentist = clinic.members["dentist"]
    place_member(by=clinic.actor("manager"), member=dentist, branches=[], teams=[])
    assert set(Member.objects.get(pk=dentist.pk).branches.all()) == {clinic.eilat}

    far = add_team(by=clinic.actor("owner"), name="Eilat desk", branch=clinic.eilat)
    with pytest.raises(BeyondOwnTeams):  # the customers of a team come with it
        place_member(
            by=clinic.actor("manager"), member=clinic.members["manager"],
            branches=[clinic.haifa], teams=[far],
        )  # fmt: skip
    place_member(
        by=clinic.actor("owner"), member=dentist, branches=[clinic.haifa, clinic.eilat],
        teams=[far],
    )  # fmt: skip
    place_member(by=clinic.actor("manager"), member=dentist, branches=[clinic.haifa], teams=[])
    assert list(Member.objects.get(pk=dentist.pk).teams.all()) == [far]

    with pytest.raises(BeyondOwnBranches):
        place_member(
            by=clinic.actor("manager"), member=clinic.members["receptionist"],
            branches=[clinic.eilat], teams=[],
        )  # fmt: skip
