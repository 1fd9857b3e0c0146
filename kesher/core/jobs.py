"""Work beside the pages: jobs that a worker does, those that repeat, and how far one has come."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks.base import Task, task
from django_tasks_db.models import DBTaskResult

from kesher.core.access import AccessDenied, Actor
from kesher.core.job_models import Cancelled, Job, Schedule, WorkerBeat
from kesher.core.once import claim_form, forget_forms

NIGHT = timedelta(hours=1, minutes=30)  # UTC; before dawn wherever our languages are spoken
INTERVALS = {
    "minute": (timedelta(minutes=1), timedelta()),
    "hour": (timedelta(hours=1), timedelta()),
    "day": (timedelta(days=1), NIGHT),
}


class TryAgain(Exception):
    """Raised by a job when what hinders it may pass by itself."""


@dataclass(frozen=True)
class Persistence:
    """How often a job is tried, and after which errors."""

    attempts: int = 5
    transient: tuple[type[Exception], ...] = (TryAgain,)

    def wait(self, attempts: int) -> timedelta:
        """How long to wait after so many attempts: 10 seconds, 40, 160, at most an hour."""
        return min(timedelta(seconds=10 * 4 ** (attempts - 1)), timedelta(hours=1))


@dataclass(frozen=True)
class Repeating:
    """A job that is due again and again."""

    name: str
    job: Task
    interval: str

    def next_after(self, moment: datetime) -> datetime:
        """The first moment of the rhythm that is later than this one."""
        step, offset = INTERVALS[self.interval]
        start = datetime.min.replace(tzinfo=moment.tzinfo) + offset
        return start + ((moment - start) // step + 1) * step


_persistence: dict[str, Persistence] = {}
_repeating: dict[str, Repeating] = {}


def job(
    *, is_long: bool = False, attempts: int = 5, transient: tuple[type[Exception], ...] = ()
) -> Callable[[Callable], Task]:
    """Make a function work for the worker: `its_name.enqueue(…)` in the same transaction.

    It may run more than once, so it must be harmless to repeat. Long work goes beside the short.
    """

    def register(function: Callable) -> Task:
        made = task(queue_name="long" if is_long else "default")(function)
        _persistence[made.module_path] = Persistence(attempts, (TryAgain, *transient))
        return made

    return register


def every(interval: str, *, is_long: bool = False) -> Callable[[Callable], Task]:
    """Have a job done each minute, hour or night, once however many workers there are."""
    if interval not in INTERVALS:
        raise ValueError(f"every() takes one of {', '.join(INTERVALS)}.")

    def register(function: Callable) -> Task:
        made = job(is_long=is_long)(function)
        _repeating[made.module_path] = Repeating(made.module_path, made, interval)
        return made

    return register


def persistence_of(path: str) -> Persistence:
    """How often a job of this path is tried."""
    return _persistence.get(path, Persistence())


def repeating_jobs() -> tuple[Repeating, ...]:
    """All jobs that repeat."""
    return tuple(_repeating.values())


def enqueue_due(*, now: datetime) -> list[str]:
    """Put the repeating jobs that are due into the queue; of many workers one succeeds."""
    moments = dict(Schedule.objects.values_list("name", "next_at"))
    begun = []
    for repeating in repeating_jobs():
        due_at = moments.get(repeating.name)
        if due_at is None:
            first = {"next_at": repeating.next_after(now)}
            Schedule.objects.get_or_create(name=repeating.name, defaults=first)
        elif due_at <= now and _win(repeating, now):
            begun.append(repeating.name)
    return begun


@transaction.atomic
def _win(repeating: Repeating, now: datetime) -> bool:
    moved = Schedule.objects.filter(name=repeating.name, next_at__lte=now).update(
        next_at=repeating.next_after(now)
    )
    if not moved:
        return False
    unfinished = DBTaskResult.objects.filter(task_path=repeating.name).exclude(
        status__in=("SUCCESSFUL", "FAILED")
    )
    if unfinished.exists():
        return False
    repeating.job.enqueue()
    return True


def long_work_waits() -> bool:
    """Whether other long work waits for its turn, so that what can stop for a while should."""
    return DBTaskResult.objects.ready().filter(queue_name="long").exists()


# ---- how far one has come


@transaction.atomic
def start_job(*, by: Actor, name: str, total: int | None = None, key: str = "") -> Job:
    """Write down work that is about to begin; the same key gives the same job, to be resumed."""
    claim_form()
    made, _is_new = Job.objects.get_or_create(
        key=key or uuid.uuid4().hex,
        defaults={"name": name, "total": total, "actor": by.label, "actor_id": by.member_id},
    )
    return made


def job_of(actor: Actor, key: str) -> Job | None:
    """The work of that key, for whoever asked for it."""
    held = Job.objects.filter(key=key)
    return (held if actor.is_system else held.filter(actor_id=actor.member_id)).first()


class NotYours(AccessDenied):
    """Only who asked for the work may stop it."""

    message = _("Only the person who started this can cancel it.")


def cancel_job(*, by: Actor, job: Job) -> None:
    """Ask that work stop at its next step; what was done until then stays."""
    if not by.is_system and job.actor_id != by.member_id:
        raise NotYours(f"{by.label} may not cancel {job.name}")
    job.ask_to_cancel()


@contextmanager
def working(job: Job) -> Iterator[Job]:
    """Keep the state of a job true while its work is done, whichever way the work ends.

    The work writes its effect and calls `job.advance(n)` in one transaction; `job.done` then says
    where to go on after a crash. Check `job.is_over` first when the job may have been resumed.
    """
    job.begin()
    try:
        yield job
    except Cancelled:
        job.end(Job.State.CANCELLED)
    except Exception as error:
        job.end(Job.State.FAILED, error=f"{type(error).__name__}: {error}"[:2000])
        raise
    else:
        job.end(Job.State.DONE)


# ---- our own


@every("day", is_long=True)
def forget_finished_work() -> None:
    """Drop finished tasks, jobs and dead workers after a month, and sessions that have expired."""
    now = timezone.now()
    month_ago = now - timedelta(days=30)
    for rows in (
        DBTaskResult.objects.finished().filter(finished_at__lt=month_ago),
        Job.objects.filter(finished_at__lt=month_ago),
        WorkerBeat.objects.filter(beat_at__lt=month_ago),
    ):
        while keys := list(rows.values_list("pk", flat=True)[:1000]):
            rows.model.objects.filter(pk__in=keys).delete()
    forget_forms(now=now)
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
