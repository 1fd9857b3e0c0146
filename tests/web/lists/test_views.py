"""Views: a list kept under a name, by oneself, for a team or for everybody."""

import json

import pytest

from kesher.organization.commands.places import add_team
from kesher.organization.commands.staff import place_member
from kesher.organization.models import SavedView
from tests.web.lists.conftest import HX


@pytest.fixture
def team(clinic):
    """The front desk: the manager and the receptionist."""
    boss = clinic.actor("owner")
    made = add_team(by=boss, name="Front desk")
    for name in ("manager", "receptionist"):
        member = clinic.members[name]
        place_member(by=boss, member=member, branches=[clinic.haifa], teams=[made])
    return made


def keep(client, **said):
    return client.post("/customers/views/new/", {"in": "stage=new", "name": "New ones", **said})


def test_the_list_as_it_stands_is_kept_under_a_name(clinic, as_member, listed, page_of):
    desk = as_member("receptionist")
    answer = keep(desk, **{"in": "stage=prospect&sort=-name&cols=name,city"})
    assert answer.status_code == 302

    page = page_of(desk, answer["Location"])
    assert page.heads == ["Name", "City"]
    assert page.chips == "Life stage Prospect"
    assert page.views[-1] == "New ones"


def test_a_view_of_ones_own_is_nobody_elses(clinic, as_member, listed):
    keep(as_member("receptionist"))
    assert "New ones" in listed("receptionist").views
    assert "New ones" not in listed("manager").views


def test_a_view_of_a_team_is_that_teams(clinic, team, as_member, listed):
    keep(as_member("receptionist"), sharing=f"team-{team.pk}")
    assert "New ones" in listed("manager").views
    assert "New ones" not in listed("eilat").views


def test_only_who_may_gives_a_view_to_everybody(clinic, as_member, listed):
    assert keep(as_member("receptionist"), sharing="all").status_code == 403
    assert not SavedView.objects.exists()
    keep(as_member("owner"), sharing="all")
    assert "New ones" in listed("eilat").views


def test_a_pinned_view_stands_in_the_rail(clinic, as_member, listed):
    keep(as_member("receptionist"), pinned="1")
    assert '<p class="rail-h">Pinned</p>' in listed("receptionist").html


def test_what_differs_from_its_view_is_saved_or_reset(clinic, as_member, listed, page_of):
    desk = as_member("receptionist")
    keep(desk)
    view = SavedView.objects.get()
    changed = page_of(desk, f"/customers/?view={view.pk}&stage=new&kind=person")
    assert "Modified" in changed.html
    assert f'href="/customers/?view={view.pk}">Reset' in changed.html

    desk.post(f"/customers/views/{view.pk}/query/", {"in": "stage=new&kind=person"})
    assert page_of(desk, f"/customers/?view={view.pk}").chips == "Life stage New and Kind Person"


def test_a_view_needs_a_name(clinic, as_member):
    answer = keep(as_member("receptionist"), name="  ")
    assert answer.status_code == 422
    assert not SavedView.objects.exists()


def test_a_view_that_was_deleted_comes_back(clinic, as_member, listed):
    desk = as_member("receptionist")
    keep(desk)
    address = f"/customers/views/{SavedView.objects.get().pk}/drop/"
    gone = desk.post(address, headers=HX)
    assert "New ones" not in listed("receptionist").views

    desk.post(json.loads(gone["HX-Trigger"])["k-toast"]["undo"])
    assert "New ones" in listed("receptionist").views


def test_nobody_touches_anothers_view(clinic, as_member):
    keep(as_member("receptionist"))
    address = f"/customers/views/{SavedView.objects.get().pk}/"
    assert as_member("eilat").get(address).status_code == 404
    assert as_member("eilat").post(f"{address}drop/").status_code == 404
    assert SavedView.objects.exists()
