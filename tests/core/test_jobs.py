"""Work that takes longer than a second: how far it has come, stopping it, and when it repeats."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from kesher.core import jobs
from kesher.core.access import Actor
from kesher.core.jobs import (
    NotYours,
    Persistence,
    Repeating,
    cancel_job,
    enqueue_due,
    start_job,
    working,
)
from kesher.core.models import Job, Schedule

DANA = Actor(label="Dana", member_id=7)
NIKOS = Actor(label="Nikos", member_id=8)
NIGHTLY = "kesher.core.jobs.forget_finished_work"


@pytest.fixture
def job(db) -> Job:
    return start_job(by=DANA, name="export", total=4)


def test_counts_how_far_it_has_come(job):
    with working(job):
        assert (job.state, job.started_at is None) == ("running", False)
        job.advance()
        job.advance(2)
        assert (job.done, job.percent) == (3, 75)
        job.result = {"file": 12}
    job.refresh_from_db()
    assert (job.state, job.result, job.is_over) == ("done", {"file": 12}, True)
    assert job.finished_at >= job.started_at


def test_without_a_total_it_claims_no_percentage(db):
    assert start_job(by=DANA, name="tidy").percent is None


def test_the_same_key_is_the_same_work_and_goes_on_where_it_was(db):
    first = start_job(by=DANA, name="import", total=10, key="file-5")
    first.begin()
    first.advance(6)
    again = start_job(by=DANA, name="import", total=10, key="file-5")
    assert (again.pk, again.done, again.is_over) == (first.pk, 6, False)
    assert Job.objects.count() == 1


def test_a_step_that_is_undone_was_not_counted(job):
    with working(job):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            job.advance()
            raise ZeroDivisionError
        job.refresh_from_db()
        assert job.done == 0


def test_stops_at_the_next_step_when_asked_and_keeps_what_was_done(job):
    with working(job):
        job.advance()
        cancel_job(by=DANA, job=Job.objects.get())
        with transaction.atomic():
            job.advance()
    job.refresh_from_db()
    assert (job.state, job.done) == ("cancelled", 1)


def test_what_has_not_begun_is_cancelled_at_once(job):
    cancel_job(by=DANA, job=job)
    assert (job.state, job.is_over) == ("cancelled", True)


def test_nobody_stops_the_work_of_another(job):
    with pytest.raises(NotYours):
        cancel_job(by=NIKOS, job=job)
    job.refresh_from_db()
    assert (job.state, job.cancel_asked_at) == ("waiting", None)


def test_a_failure_says_why_and_may_be_begun_again(job):
    with pytest.raises(ValueError, match="line 7"), working(job):
        job.advance()
        raise ValueError("line 7")
    job.refresh_from_db()
    assert (job.state, job.error, job.is_over) == ("failed", "ValueError: line 7", False)
    with working(job):
        job.advance(3)
    job.refresh_from_db()
    assert (job.state, job.error, job.done) == ("done", "", 4)


# ---- what repeats

NOON = datetime(2030, 3, 31, 12, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("interval", "next_at"),
    [
        ("minute", datetime(2030, 3, 31, 12, 1, tzinfo=UTC)),
        ("hour", datetime(2030, 3, 31, 13, 0, tzinfo=UTC)),
        ("day", datetime(2030, 4, 1, 1, 30, tzinfo=UTC)),
    ],
)
def test_repeating_work_keeps_its_rhythm(interval, next_at):
    repeating = Repeating("x", None, interval)
    assert repeating.next_after(NOON) == next_at
    assert repeating.next_after(next_at) > next_at


def test_no_rhythm_but_the_known_ones():
    with pytest.raises(ValueError, match="minute, hour, day"):
        jobs.every("fortnight")


def test_work_seen_for_the_first_time_waits_for_its_moment(db):
    assert enqueue_due(now=NOON) == []
    assert Schedule.objects.get(name=NIGHTLY).next_at == datetime(2030, 4, 1, 1, 30, tzinfo=UTC)
    assert NIGHTLY not in enqueue_due(now=NOON + timedelta(hours=13))
    assert NIGHTLY in enqueue_due(now=NOON + timedelta(hours=14))


def test_work_missed_for_a_week_is_done_once(db):
    enqueue_due(now=NOON)
    assert NIGHTLY in enqueue_due(now=NOON + timedelta(days=7))
    assert DBTaskResult.objects.filter(task_path=NIGHTLY).count() == 1


def test_work_still_waiting_is_not_put_into_the_queue_again(db):
    enqueue_due(now=NOON)
    enqueue_due(now=NOON + timedelta(days=1))
    assert NIGHTLY not in enqueue_due(now=NOON + timedelta(days=2))
    assert DBTaskResult.objects.filter(task_path=NIGHTLY).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_clocks_that_tick_together_one_wins():
    enqueue_due(now=NOON)
    start, begun = threading.Barrier(8), []

    def tick(moment):
        start.wait(10)
        begun.extend(name for name in enqueue_due(now=moment) if name == NIGHTLY)
        connection.close()

    for day in range(1, 6):
        DBTaskResult.objects.all().delete()
        moment = NOON + timedelta(days=day)
        clocks = [threading.Thread(target=tick, args=(moment,)) for _ in range(8)]
        for clock in clocks:
            clock.start()
        for clock in clocks:
            clock.join()
        assert len(begun) == day
        assert DBTaskResult.objects.filter(task_path=NIGHTLY).count() == 1


def test_waits_longer_after_each_attempt_but_no_longer_than_an_hour():
    waits = [Persistence().wait(attempts).total_seconds() for attempts in (1, 2, 3, 4, 5, 9)]
    assert waits == [10, 40, 160, 640, 2560, 3600]
