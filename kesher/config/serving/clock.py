"""The clock of the workers: who lives, whose work lies abandoned, and what is due now."""

import logging
import os
from datetime import datetime, timedelta

from django.db import transaction
from django_tasks_db.models import DBTaskResult, get_date_max

from kesher.core.job_models import WorkerBeat
from kesher.core.jobs import enqueue_due

log = logging.getLogger(__name__)
BEAT_EVERY = timedelta(seconds=10)
SILENCE = timedelta(seconds=60)
# A task that took its worker with it so often is taken for the cause.
DEATHS = 3


class WorkerDied(Exception):
    """The process that did the work ended in the middle of it."""


def beat(worker_id: str, *, place: str, pid: int, now: datetime) -> None:
    """Say that this worker lives."""
    known = WorkerBeat.objects.filter(pk=worker_id)
    if known.filter(beat_at__gt=now - BEAT_EVERY).exists():
        return
    if not known.update(beat_at=now):
        WorkerBeat.objects.create(
            worker_id=worker_id, place=place, pid=pid, started_at=now, beat_at=now
        )


def bury(worker_id: str) -> None:
    """Say that this worker will do nothing more."""
    WorkerBeat.objects.filter(pk=worker_id).delete()


def tick(*, now: datetime, place: str) -> None:
    """Take abandoned work from the dead and queue what is due. Any number of workers may tick."""
    bury_dead_neighbours(place)
    take_from_dead(now=now)
    enqueue_due(now=now)


def bury_dead_neighbours(place: str) -> None:
    """A process of this machine that is gone need not be waited for."""
    for worker_id, pid in WorkerBeat.objects.filter(place=place).values_list("worker_id", "pid"):
        if place and not is_running(pid):
            bury(worker_id)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def take_from_dead(*, now: datetime) -> int:
    """Put the tasks of silent workers back into the queue; return how many."""
    running = list(DBTaskResult.objects.running())
    if not running:
        return 0
    living = set(
        WorkerBeat.objects.filter(beat_at__gt=now - SILENCE).values_list("worker_id", flat=True)
    )
    return sum(_take(row, now) for row in running if row.worker_ids[-1] not in living)


@transaction.atomic
def _take(row: DBTaskResult, now: datetime) -> int:
    log.warning("%s was abandoned by its worker", row.task_path)
    # Whoever changes the row first has it: the other finds another beginning or state.
    held = DBTaskResult.objects.running().filter(pk=row.pk, started_at=row.started_at)
    if len(row.worker_ids) < DEATHS:
        return held.update(status="READY", run_after=get_date_max())
    return held.update(
        status="FAILED",
        finished_at=now,
        exception_class_path=f"{WorkerDied.__module__}.{WorkerDied.__qualname__}",
        traceback=f"Its worker died {len(row.worker_ids)} times.",
    )
