"""Tasks: what somebody promised to do, by when, and what comes after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kesher.core.access import AccessDenied, Actor, require, require_kind, visible
from kesher.core.changes import locked, new_batch
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.customers.models import Customer, CustomerBranch
from kesher.engagement.events import TaskPlanned
from kesher.engagement.models import Task
from kesher.engagement.repeating import next_due
from kesher.engagement.task_writing import (
    save_tasks,
    sees_all,
    tell_customer,
    tell_of_tasks,
    tell_owner,
    write_task,
)
from kesher.engagement.writing import CHUNK, FEW, of_batch
from kesher.organization.models import Branch, Member, Team
from kesher.organization.queries import actor_of

YEARS = (1900, 9998)
LONGEST_NOTE = 20_000
CHANGEABLE = frozenset(
    "kind title note due_on due_time owner team branch repeat next_title next_days".split()
)
LINKS = ("owner", "team", "branch")


class TitleMissing(Refusal):
    """A task says what is to be done."""

    message = _("Write what is to be done.")


class TooLong(Refusal):
    """What was typed does not fit."""

    message = _("A text here holds at most %(most)s characters.")


class DayImpossible(Refusal):
    """A day outside the calendar."""

    message = _("Choose a day between the years 1900 and 9998.")


class ChoiceUnknown(Refusal):
    """A kind or rhythm that does not exist."""

    message = _("“%(value)s” is not one of the choices.")


class RepeatWithoutDay(Refusal):
    """A rhythm starts on a day."""

    message = _("A task that repeats needs a day on which it is due first.")


class OwnerHasLeft(Refusal):
    """Somebody who left does nothing any more."""

    message = _("%(name)s does not work here any more. Choose somebody else.")


class OutOfSight(Refusal):
    """Nobody works for a customer whom he may not see."""

    message = _("%(name)s may not see this customer. Choose somebody who serves him.")


class AlreadyFinished(Refusal):
    """A task that is done or dropped is not changed."""

    message = _("This task is finished. Reopen it first.")


@dataclass(frozen=True, kw_only=True)
class NewTask:
    """All that may be said of a task when it is planned."""

    title: str
    customer: Customer | None = None
    kind: str = Task.Kind.TODO
    note: str = ""
    due_on: date | None = None
    due_time: time | None = None
    owner: Member | None = None  # whoever plans it when empty, unless a team is to do it
    team: Team | None = None
    branch: Branch | None = None
    repeat: str = ""
    next_title: str = ""
    next_days: int | None = None
    done_at: datetime | None = None  # set: it was done before it came here
    key: str = ""  # of its line in a file


@transaction.atomic
def plan_tasks(
    *, by: Actor, tasks: Sequence[NewTask], batch: str = "", is_demo: bool = False
) -> list[Task]:
    """Plan many tasks at once, each for somebody and by a day."""
    require_kind(by, "add", Task)
    _require_customers(by, tasks)
    homes = _branches_of(by, [new.customer.pk for new in tasks if new.customer])
    rows = [_row(by, new, homes, is_demo) for new in tasks]
    batch = batch or (new_batch() if len(rows) > 1 else "")
    for at in range(0, len(rows), CHUNK):
        save_tasks(by, rows[at : at + CHUNK], batch)
    if len(rows) > FEW:
        tell_of_tasks(by, rows, batch)
        return rows
    for row in rows:
        if row.done_at:  # nobody has to know of what was over before
            continue
        announce(TaskPlanned(task_id=row.pk), by=by, about=row)
        tell_customer(by, row)
        tell_owner(by, row)
    return rows


def plan_task(*, by: Actor, task: NewTask, batch: str = "") -> Task:
    """Plan one task."""
    return plan_tasks(by=by, tasks=[task], batch=batch)[0]


def _require_customers(by: Actor, tasks: Sequence[NewTask]) -> None:
    """The planner sees each customer, and so does whoever is to do the task."""
    wanted: dict[Member | None, set[int]] = {}
    for new in tasks:
        if new.customer:
            wanted.setdefault(None, set()).add(new.customer.pk)
            wanted.setdefault(new.owner, set()).add(new.customer.pk)
        if new.owner and not new.owner.is_active:
            raise OwnerHasLeft(name=new.owner.name)
    for owner, ids in wanted.items():
        if owner is None and not sees_all(by, ids):
            raise AccessDenied(f"{by.label} may not see all of these customers")
        if owner is not None and not by.is_system and not sees_all(actor_of(owner), ids):
            raise OutOfSight(name=owner.name)


def _branches_of(by: Actor, ids: Sequence[int]) -> dict[int, int]:
    """The branch where each customer is served, one of the planner's own if there is one."""
    homes: dict[int, int] = {}
    for at in range(0, len(ids), CHUNK):
        held = CustomerBranch.objects.filter(customer__in=ids[at : at + CHUNK]).order_by("-pk")
        for customer, branch in held.values_list("customer_id", "branch_id"):
            if branch in by.branches or homes.get(customer) not in by.branches:
                homes[customer] = branch
    return homes


def _row(by: Actor, new: NewTask, homes: Mapping[int, int], is_demo: bool) -> Task:
    owner = new.owner.pk if new.owner else None if new.team else by.member_id
    home = homes.get(new.customer.pk) if new.customer else None
    own_branch = next(iter(by.branches)) if len(by.branches) == 1 else None
    row = Task(
        customer=new.customer,
        kind=new.kind,
        title=clean(new.title),
        note=clean(new.note),
        due_on=new.due_on,
        due_time=new.due_time,
        owner_id=owner,
        team=new.team,
        branch_id=new.branch.pk if new.branch else home or own_branch,
        repeat=new.repeat,
        next_title=clean(new.next_title),
        next_days=new.next_days,
        state=Task.State.DONE if new.done_at else Task.State.OPEN,
        done_at=new.done_at,
        created_by_id=by.member_id,
        key=new.key,
        is_demo=is_demo,
    )
    _refuse(row)
    row.repeat_day = _repeat_day(row)
    return row


def _repeat_day(row: Task) -> int | None:
    if row.due_on is None or row.repeat not in (Task.Repeat.MONTHLY, Task.Repeat.YEARLY):
        return None
    return row.due_on.day


def _refuse(row: Task) -> None:
    if not row.title:
        raise TitleMissing
    for text, most in ((row.title, 200), (row.next_title, 200), (row.note, LONGEST_NOTE)):
        if len(text) > most:
            raise TooLong(most=most)
    if row.kind not in Task.Kind.values or row.repeat not in Task.Repeat.values:
        raise ChoiceUnknown(value=str(row.kind if row.kind not in Task.Kind.values else row.repeat))
    if row.due_on and not YEARS[0] <= row.due_on.year <= YEARS[1]:
        raise DayImpossible
    if row.repeat and row.due_on is None:
        raise RepeatWithoutDay
    if row.next_days is not None and not 0 <= row.next_days <= 3650:
        raise DayImpossible


@transaction.atomic
def change_task(
    *, by: Actor, task: Task, values: Mapping[str, Any], seen: int | None = None, batch: str = ""
) -> Task:
    """Change what is to be done, by whom or by when."""
    require(by, "change", task)
    if unknown := set(values) - CHANGEABLE:
        raise TypeError(f"change_task does not take {sorted(unknown)}")
    current = locked(task)
    if current.state != Task.State.OPEN:
        raise AlreadyFinished
    wanted: dict[str, Any] = {
        name: clean(v) if isinstance(v, str) else v for name, v in values.items()
    }
    for name, value in wanted.items():
        setattr(current, name, value)
    _refuse(current)
    if owner := wanted.get("owner"):
        _refuse_owner(owner, current)
    columns = {f"{n}_id" if n in LINKS else n: _key(v) for n, v in wanted.items()}
    if {"due_on", "repeat"} & wanted.keys():
        columns["repeat_day"] = _repeat_day(current)
    return write_task(by, task, columns, seen=seen, batch=batch)


def _refuse_owner(owner: Member, task: Task) -> None:
    if not owner.is_active:
        raise OwnerHasLeft(name=owner.name)
    if task.customer_id is not None and not sees_all(actor_of(owner), {task.customer_id}):
        raise OutOfSight(name=owner.name)


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, (Member, Team, Branch)) else value


@transaction.atomic
def finish_task(
    *, by: Actor, task: Task, now: datetime, then: NewTask | None = None
) -> tuple[Task, Task | None]:
    """Say that a task is done, and plan what comes next; a repeating one plans itself."""
    require(by, "change", task)
    current = locked(task)
    if current.state == Task.State.DONE:
        return current, Task.objects.filter(follows=current).first()
    if current.state == Task.State.DROPPED:
        raise AlreadyFinished
    batch = new_batch()
    columns = {"state": Task.State.DONE, "done_at": now, "done_by_id": by.member_id}
    done = write_task(by, current, columns, batch=batch)
    following = _repeated(by, done, timezone.localdate(now), batch) if done.repeat else None
    if then is not None:
        planned = plan_task(by=by, task=then, batch=batch)
        if following is None:
            Task.objects.filter(pk=planned.pk).update(follows=done)
            planned.follows = done
        following = following or planned
    return done, following


def _repeated(by: Actor, done: Task, today: date, batch: str) -> Task:
    """The next of a repeating task: everything as it was, on the next day of its rhythm."""
    row = Task(
        follows=done,
        created_by_id=by.member_id,
        due_on=next_due(done.due_on or today, done.repeat, day=done.repeat_day, today=today),
        **{name: getattr(done, name) for name in (
            "customer", "kind", "title", "note", "due_time", "owner_id", "team_id", "branch_id",
            "repeat", "repeat_day", "next_title", "next_days", "is_demo",
        )},
    )  # fmt: skip
    save_tasks(by, [row], batch)
    announce(TaskPlanned(task_id=row.pk), by=by, about=row)
    return row


@transaction.atomic
def reopen_task(*, by: Actor, task: Task) -> Task:
    """Take back that a task is done or dropped; what it planned and nobody touched goes with it."""
    require(by, "change", task)
    if task.state == Task.State.OPEN:
        return task
    columns = {"state": Task.State.OPEN, "done_at": None, "done_by_id": None}
    reopened = write_task(by, task, columns)
    following = Task.objects.filter(follows=reopened, state=Task.State.OPEN, version=1).first()
    if following is not None:
        Task.objects.filter(pk=following.pk).update(follows=None)
        write_task(by, following, {"state": Task.State.DROPPED})
    return reopened


@transaction.atomic
def drop_task(*, by: Actor, task: Task, now: datetime, batch: str = "") -> Task:
    """Say that a task will not be done; it can be reopened."""
    require(by, "change", task)
    if task.state != Task.State.OPEN:
        raise AlreadyFinished
    columns = {"state": Task.State.DROPPED, "done_at": now, "done_by_id": by.member_id}
    return write_task(by, task, columns, batch=batch)


@transaction.atomic
def undo_tasks(*, by: Actor, batch: str, now: datetime) -> int:
    """Drop the open tasks that one planned together, and return how many those were."""
    require_kind(by, "change", Task)
    ids = list(of_batch(Task, by, batch))
    undone = 0
    for at in range(0, len(ids), CHUNK):
        rows = visible(by, Task, "change").filter(pk__in=ids[at : at + CHUNK])
        for task in rows.filter(state=Task.State.OPEN).select_related("customer"):
            drop_task(by=by, task=task, now=now)
            undone += 1
    return undone
