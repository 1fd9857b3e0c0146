"""Work beside the pages: who was written is compared with the others; the bin is emptied."""

from __future__ import annotations

import time
from datetime import timedelta

from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.job_models import Cancelled, Job
from kesher.core.jobs import every, job, job_of, long_work_waits, start_job
from kesher.customers.commands.comparing import (
    compare_anew,
    compare_waiting,
    count_names,
    key_waiting,
)
from kesher.customers.commands.leaving import empty_bin
from kesher.customers.match_pairs import names_are_counted
from kesher.customers.models import Customer

KEYED_AT_ONCE, COMPARED_AT_ONCE = 100, 50  # customers in one short transaction
LASTS = timedelta(seconds=45)  # of one turn; other long work goes first
EVERYBODY = "compare_customers"  # the job that goes through the whole base


@every("day")
def empty_bin_of_customers() -> None:
    """Delete those who have lain in the bin for thirty days, a few at a time."""
    while empty_bin(by=SYSTEM, now=timezone.now()):
        pass


@every("minute", is_long=True)
def compare_written_customers() -> None:
    """Find out who of those who were written or taken in may be here twice."""
    ends_at = time.monotonic() + LASTS.total_seconds()
    keyed = 0
    while time.monotonic() < ends_at:
        fresh = key_waiting(by=SYSTEM, limit=KEYED_AT_ONCE)
        keyed += fresh
        if fresh == KEYED_AT_ONCE:
            continue
        if keyed and not names_are_counted():
            count_names(by=SYSTEM)
        keyed = 0
        compared = compare_waiting(by=SYSTEM, limit=COMPARED_AT_ONCE)
        if long_work_waits() or not (fresh or compared):
            return


@every("day", is_long=True)
def compare_all_customers() -> None:
    """Go through the whole base, or on where the last night was cut off."""
    count_names(by=SYSTEM)
    held = Job.objects.filter(name=EVERYBODY, finished_at__isnull=True).first()
    held = held or start_job(by=SYSTEM, name=EVERYBODY, total=Customer.objects.count())
    compare_on.enqueue(held.key)


@job(is_long=True)
def compare_on(key: str) -> None:
    """A turn of going through the whole base; then other long work has its own."""
    held = job_of(SYSTEM, key)
    if held is None or held.is_over:
        return
    held.begin()
    try:
        is_through = _go_on(held)
    except Cancelled:
        held.end(Job.State.CANCELLED)
        return
    if is_through:
        held.end(Job.State.DONE)
    else:
        compare_on.enqueue(key)


def _go_on(held: Job) -> bool:
    """Compare until the turn ends; whether everybody was compared."""
    ends_at = time.monotonic() + LASTS.total_seconds()
    while time.monotonic() < ends_at:
        at = held.result.get("at", 0)
        numbers = compare_anew(by=SYSTEM, after=at, limit=COMPARED_AT_ONCE)
        if not numbers:
            return True
        held.result = {"at": numbers[-1]}
        held.save(update_fields=["result"])
        held.advance(len(numbers))
        if long_work_waits():
            return False
    return False
