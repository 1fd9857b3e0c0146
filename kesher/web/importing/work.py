"""Imports' long work, done by the worker: looking through a file, taking it in, taking it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from django.utils import timezone, translation

from kesher.core.access import SYSTEM, Actor
from kesher.core.feeds.going import count_import, forget_arrivals
from kesher.core.importing.commands import check_import, take_back, take_in
from kesher.core.importing.keeping import forget_old_files
from kesher.core.importing.models import ImportRun
from kesher.core.importing.queries import imports_of, job_key, job_of
from kesher.core.jobs import every, job, start_job
from kesher.core.models import Job
from kesher.organization.queries import business, member_acting

SMALL = 300  # lines that are gone through at once, while the page waits


@contextmanager
def _acting(run_id: int, work: str) -> Iterator[tuple[Actor, ImportRun] | None]:
    """Act as the member who brought the file, with his rights of now, in his language; once."""
    run = imports_of(SYSTEM).filter(pk=run_id).first()
    held = job_of(run, work) if run else None
    if run is None or held is None or held.is_over or run.actor_id is None:
        yield None
        return
    with translation.override(run.language), timezone.override(business().time_zone):
        yield member_acting(SYSTEM, run.actor_id), run


def _taken(*, by: Actor, run: ImportRun) -> None:
    """Take a file in; the source that it came from, if any, is told."""
    take_in(by=by, run=run)
    count_import(by=by, run=run, now=timezone.now())


@job(is_long=True, attempts=3)
def look_through(run_id: int) -> None:
    """Say what would become of each line."""
    with _acting(run_id, "check") as acts:
        if acts:
            check_import(by=acts[0], run=acts[1])


@job(is_long=True, attempts=3)
def bring_in(run_id: int) -> None:
    """Take a file in, from where it came to a stop."""
    with _acting(run_id, "run") as acts:
        if acts:
            _taken(by=acts[0], run=acts[1])


@job(is_long=True, attempts=3)
def bring_back(run_id: int) -> None:
    """Take back what a file brought."""
    with _acting(run_id, "undo") as acts:
        if acts:
            take_back(by=acts[0], run=acts[1])


WORK: dict[str, tuple[Any, Callable[..., Any]]] = {
    "check": (look_through, check_import),
    "run": (bring_in, _taken),
    "undo": (bring_back, take_back),
}


def begin(request: HttpRequest, run: ImportRun, work: str) -> None:
    """Do it at once when the file is small, else leave it to the worker."""
    queued, at_once = WORK[work]
    if run.count <= SMALL:
        at_once(by=request.actor, run=run)
        return
    start_job(by=request.actor, name="import", total=run.count, key=job_key(run, work))
    queued.enqueue(run.pk)


def work_of(run: ImportRun) -> tuple[str, Job] | None:
    """What is being done to a file right now."""
    for work in ("undo", "run", "check"):
        held = job_of(run, work)
        if held and held.state in (Job.State.WAITING, Job.State.RUNNING):
            return work, held
    return None


@every("day", is_long=True)
def forget_imports() -> None:
    """Drop files that were brought a month ago."""
    forget_old_files(timezone.now())
    forget_arrivals(timezone.now())
