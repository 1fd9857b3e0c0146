"""Taking back a batch: what nobody touched since is as it was, the rest stays and is named."""

import pytest

from kesher.core.changes import new_batch
from kesher.core.models import Change
from kesher.core.undo import NothingToUndo, undo_batch, undo_in_steps, written_by
from kesher.customers.commands.assigning import assign
from kesher.customers.commands.changing import change_customer
from kesher.customers.models import Customer
from kesher.engagement.commands.tasks import NewTask, plan_tasks
from kesher.engagement.models import Task


def stages() -> dict[str, str]:
    return dict(Customer.objects.values_list("name", "stage"))


def set_stage(actor, customers, stage="steady", batch=""):
    batch = batch or new_batch()
    for customer in customers:
        change_customer(by=actor, customer=customer, values={"stage": stage}, batch=batch)
    return batch


def test_a_whole_batch_is_as_it_was(clinic):
    owner = clinic.actor("owner")
    before = stages()
    batch = set_stage(owner, clinic.customers.values())
    assert set(stages().values()) == {"steady"}
    done = undo_batch(by=owner, batch=batch)
    assert (done.restored, done.stayed) == (4, [])
    assert stages() == before


def test_what_somebody_changed_since_stays_and_is_named(clinic):
    owner, noa = clinic.actor("owner"), clinic.customers["noa"]
    batch = set_stage(owner, clinic.customers.values())
    change_customer(by=clinic.actor("receptionist"), customer=noa, values={"stage": "left"})
    done = undo_batch(by=owner, batch=batch)
    assert done.restored == 3
    (stayed,) = done.stayed
    assert (stayed.name, stayed.field) == ("נועה שלו", "stage")
    assert (stayed.now, stayed.wanted, stayed.by) == ("left", "prospect", "Receptionist Cohen")
    assert stages()["נועה שלו"] == "left"


def test_another_field_changed_since_does_not_hinder(clinic):
    owner, noa = clinic.actor("owner"), clinic.customers["noa"]
    batch = set_stage(owner, [noa])
    change_customer(by=owner, customer=noa, values={"city": "Eilat"})
    assert undo_batch(by=owner, batch=batch).restored == 1
    noa.refresh_from_db()
    assert (noa.stage, noa.city) == ("prospect", "Eilat")


def test_a_field_written_twice_in_a_batch_goes_back_to_its_first_value(clinic):
    owner, noa = clinic.actor("owner"), clinic.customers["noa"]
    batch = set_stage(owner, [noa], "new")
    set_stage(owner, [noa], "steady", batch)
    undo_batch(by=owner, batch=batch)
    noa.refresh_from_db()
    assert noa.stage == "prospect"


def test_tags_and_branches_go_back_too(clinic):
    owner, noa = clinic.actor("owner"), clinic.customers["noa"]
    batch = new_batch()
    assign(
        by=owner, customers=[noa], add_tags=["Gold"], add_branches=[clinic.eilat],
        owner=clinic.members["agent"], batch=batch,
    )  # fmt: skip
    assert undo_batch(by=owner, batch=batch).restored == 1
    noa.refresh_from_db()
    assert list(noa.tags.all()) == []
    assert list(noa.branches.all()) == [clinic.haifa]
    assert noa.owner is None


def test_what_was_added_is_taken_away_unless_somebody_worked_on_it(clinic):
    owner = clinic.actor("owner")
    batch = new_batch()
    tasks = [NewTask(title=title, customer=clinic.customers["noa"]) for title in ("One", "Two")]
    one, two = plan_tasks(by=owner, tasks=tasks, batch=batch)
    Task.objects.filter(pk=two.pk).update(version=2, title="Two, worked on")
    done = undo_batch(by=owner, batch=batch)
    assert done.restored == 1
    assert [stayed.name for stayed in done.stayed] == ["Two, worked on"]
    assert dict(Task.objects.values_list("pk", "state")) == {one.pk: "dropped", two.pk: "open"}


def test_undoing_can_be_undone(clinic):
    owner = clinic.actor("owner")
    batch = set_stage(owner, clinic.customers.values())
    done = undo_batch(by=owner, batch=batch)
    undo_batch(by=owner, batch=done.batch)
    assert set(stages().values()) == {"steady"}


def test_only_ones_own_batch(clinic):
    batch = set_stage(clinic.actor("owner"), [clinic.customers["noa"]])
    with pytest.raises(NothingToUndo):
        undo_batch(by=clinic.actor("receptionist"), batch=batch)


@pytest.mark.parametrize("batch", ["", "0" * 32, "nonsense"])
def test_refuses_a_batch_that_never_was(clinic, batch):
    with pytest.raises(NothingToUndo):
        undo_batch(by=clinic.actor("owner"), batch=batch)


def test_what_one_may_no_longer_change_stays(clinic):
    manager = clinic.actor("manager")
    yosef, noa = clinic.customers["yosef"], clinic.customers["noa"]
    batch = set_stage(manager, [yosef, noa])
    yosef.customerbranch_set.filter(branch=clinic.haifa).delete()
    done = undo_batch(by=clinic.actor("manager"), batch=batch)
    assert done.restored == 1
    assert [(stayed.pk, stayed.name) for stayed in done.stayed] == [(yosef.pk, "")]
    assert stages()["יוסף כהן"] == "steady"


def test_steps_are_small_and_add_up(clinic, monkeypatch):
    monkeypatch.setattr("kesher.core.undo.CHUNK", 3)
    owner = clinic.actor("owner")
    batch = set_stage(owner, clinic.customers.values())
    steps = list(undo_in_steps(by=owner, batch=batch, into="again"))
    assert [step.restored for step in steps] == [3, 1]
    assert len(written_by(owner, "again")) == 4
    assert Change.objects.filter(batch="again").count() == 4
