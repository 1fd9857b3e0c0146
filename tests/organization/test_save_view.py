"""Saved views: kept for oneself, for a team or for all; taken away and brought back."""

import pytest

from kesher.core.access import AccessDenied
from kesher.core.changes import EditConflict
from kesher.organization.commands.views import (
    NothingToRestore,
    NotYourTeam,
    ViewNameMissing,
    ViewNameTaken,
    ViewNameTooLong,
    ViewTooLong,
    change_view,
    drop_view,
    restore_view,
    save_view,
)  # fmt: skip
from kesher.organization.models import MemberTeam, SavedView, Team
from kesher.organization.queries import pinned_views, saved_views


def save(actor, name="Gold", **values):
    return save_view(by=actor, name=name, kind="customers", query="stage=new", **values)


def names(actor) -> list[str]:
    return [view.name for view in saved_views(actor, "customers") if view.kind == "customers"]


@pytest.fixture
def front(clinic) -> Team:
    """A team of the receptionist and the manager of Haifa."""
    team = Team.objects.create(name="Front", branch=clinic.haifa)
    for name in ("receptionist", "manager"):
        MemberTeam.objects.create(team=team, member=clinic.members[name])
    return team


def test_a_view_is_ones_own(clinic):
    view = save(clinic.actor("receptionist"), "  Gold \n people ")
    assert (view.name, view.query, view.is_shared) == ("Gold people", "stage=new", False)
    assert names(clinic.actor("receptionist")) == ["Gold people"]
    assert names(clinic.actor("owner")) == []
    assert names(clinic.actor("manager")) == []


def test_a_team_has_its_views(clinic, front):
    save(clinic.actor("receptionist"), team=front)
    assert names(clinic.actor("manager")) == ["Gold"]
    assert names(clinic.actor("dentist")) == []


def test_everybody_has_what_is_shared(clinic):
    save(clinic.actor("manager"), is_shared=True)
    assert names(clinic.actor("dentist")) == ["Gold"]


def test_refuses_to_share_with_everybody_without_the_right(clinic):
    with pytest.raises(AccessDenied):
        save(clinic.actor("receptionist"), is_shared=True)
    assert not SavedView.objects.exists()


def test_refuses_a_team_of_others(clinic, front):
    with pytest.raises(NotYourTeam):
        save(clinic.actor("dentist"), team=front)


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("", ViewNameMissing),
        (" \t", ViewNameMissing),
        ("\0", ViewNameMissing),
        ("x" * 61, ViewNameTooLong),
    ],
)
def test_refuses_a_name_that_is_none(clinic, name, refusal):
    with pytest.raises(refusal):
        save(clinic.actor("owner"), name)


def test_refuses_a_query_that_nobody_reads(clinic):
    with pytest.raises(ViewTooLong):
        save_view(by=clinic.actor("owner"), name="Long", kind="customers", query="a=b&" * 2000)


def test_refuses_a_second_view_of_one_name(clinic):
    save(clinic.actor("owner"))
    save(clinic.actor("manager"))
    with pytest.raises(ViewNameTaken):
        save(clinic.actor("owner"))
    other = save(clinic.actor("owner"), "Silver")
    with pytest.raises(ViewNameTaken):
        change_view(by=clinic.actor("owner"), view=other, values={"name": "Gold"})


def test_whose_view_it_is_changes_it(clinic):
    actor = clinic.actor("receptionist")
    view = save(actor)
    changed = change_view(by=actor, view=view, values={"name": "Calm", "query": "stage=left"})
    assert (changed.name, changed.query, changed.version) == ("Calm", "stage=left", 2)


def test_another_changes_only_shared_views_and_only_with_the_right(clinic):
    private = save(clinic.actor("manager"))
    shared = save(clinic.actor("manager"), "Shared", is_shared=True)
    with pytest.raises(AccessDenied):
        change_view(by=clinic.actor("receptionist"), view=shared, values={"name": "Mine now"})
    with pytest.raises(AccessDenied):
        change_view(by=clinic.actor("owner"), view=private, values={"name": "Mine now"})
    change_view(by=clinic.actor("owner"), view=shared, values={"name": "Ours"})
    assert names(clinic.actor("dentist")) == ["Ours"]


def test_a_view_that_changed_meanwhile_shows_both(clinic):
    actor = clinic.actor("owner")
    view = save(actor)
    change_view(by=actor, view=view, values={"name": "First"}, seen=1)
    with pytest.raises(EditConflict):
        change_view(by=actor, view=view, values={"name": "Second"}, seen=1)


def test_a_dropped_view_comes_back_as_it_was(clinic):
    actor = clinic.actor("owner")
    view = save(actor, is_pinned=True)
    pk = view.pk
    batch = drop_view(by=actor, view=view)
    assert names(actor) == []
    restored = restore_view(by=actor, batch=batch)
    assert (restored.pk, restored.name, restored.query) == (pk, "Gold", "stage=new")
    assert [view.pk for view in pinned_views(actor)] == [pk]
    with pytest.raises(NothingToRestore):
        restore_view(by=actor, batch=batch)


def test_nobody_brings_back_what_another_dropped(clinic):
    batch = drop_view(by=clinic.actor("owner"), view=save(clinic.actor("owner")))
    for actor, wanted in ((clinic.actor("manager"), batch), (clinic.actor("owner"), "")):
        with pytest.raises(NothingToRestore):
            restore_view(by=actor, batch=wanted)


def test_pinned_views_are_those_one_has(clinic):
    save(clinic.actor("manager"), "Pinned by another", is_pinned=True)
    save(clinic.actor("manager"), "For all", is_pinned=True, is_shared=True)
    assert [view.name for view in pinned_views(clinic.actor("dentist"))] == ["For all"]
