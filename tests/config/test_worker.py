"""Work put aside is done: by any worker, once it is due, and again after a worker died."""

import signal
import subprocess
import time
from collections import Counter

import pytest
from django.db import OperationalError

from kesher.config.serving import worker as worker_module
from kesher.config.serving.worker import Worker
from tests.running import KESHER, ROOT

pytestmark = pytest.mark.once
REPEATING = "kesher.core.jobs.forget_finished_work"


@pytest.fixture
def workers(place):
    """Starts workers of one Kesher; none outlives the test."""
    started = []

    def start() -> subprocess.Popen:
        log = (place.home / "worker.log").open("a")
        worker = subprocess.Popen(
            [KESHER, "worker"], env=place.variables(), cwd=ROOT, stdout=log, stderr=log
        )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        if worker.poll() is None:
            worker.kill()
        worker.wait(10)


def enqueue(place, *tasks: str) -> None:
    place.python("from tests.config import tasks\n" + "\n".join(f"tasks.{task}" for task in tasks))


def marks(place) -> list[str]:
    file = place.home / "marks"
    return file.read_text().split("\n")[:-1] if file.exists() else []


def log(place) -> str:
    return (place.home / "worker.log").read_text()


def states(place, named: str = "tests.") -> dict[str, int]:
    """How the test's own tasks stand, or others; the clock may queue more beside them."""
    printed = place.python(
        "from django_tasks_db.models import DBTaskResult\n"
        f"rows = DBTaskResult.objects.filter(task_path__startswith={named!r})\n"
        "print(*rows.values_list('status', flat=True))"
    )
    return dict(Counter(printed.split()))


def wait_for(question, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


def test_two_workers_share_300_tasks_and_none_is_done_twice(place, workers):
    place.python(
        "from tests.config.tasks import leave_mark\n"
        "for number in range(300): leave_mark.enqueue(str(number))"
    )
    first, second = workers(), workers()
    assert wait_for(lambda: len(marks(place)) >= 300, seconds=60)
    assert wait_for(lambda: states(place) == {"SUCCESSFUL": 300})
    assert Counter(marks(place)) == Counter(str(number) for number in range(300))
    assert first.poll() is None
    assert second.poll() is None


def test_what_a_killed_worker_was_doing_is_done_once_by_the_next(place, workers):
    enqueue(place, "be_slow_the_first_time.enqueue('letter')", "leave_mark.enqueue('other')")
    first = workers()
    assert wait_for(lambda: "letter begun" in marks(place))
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    workers()
    assert wait_for(lambda: "letter ended" in marks(place))
    time.sleep(1.5)  # time for a third run, if there were one
    assert Counter(marks(place)) == {"letter begun": 2, "letter ended": 1, "other": 1}
    assert states(place) == {"SUCCESSFUL": 2}


def test_a_worker_that_lives_keeps_its_task_when_others_come(place, workers):
    enqueue(place, "take_long.enqueue()")
    workers()
    assert wait_for(lambda: "long begun" in marks(place))
    workers()
    assert wait_for(lambda: "long ended" in marks(place))
    time.sleep(1.5)
    assert marks(place) == ["long begun", "long ended"]


def test_a_task_that_kills_its_workers_is_given_up(place, workers):
    enqueue(place, "kill_the_worker.enqueue()")
    for number in (1, 2, 3):
        workers().wait(20)
        assert marks(place) == ["killed"] * number, log(place)
    survivor = workers()
    assert wait_for(lambda: states(place) == {"FAILED": 1}), f"{states(place)}\n{log(place)}"
    assert survivor.poll() is None
    assert marks(place) == ["killed"] * 3


def test_a_long_task_does_not_hold_up_a_short_one(place, workers):
    enqueue(place, "take_long.enqueue()")
    workers()
    assert wait_for(lambda: "long begun" in marks(place))
    enqueue(place, "leave_mark.enqueue('short')")
    assert wait_for(lambda: "short" in marks(place), seconds=4)
    assert "long ended" not in marks(place)


def test_a_worker_told_to_stop_finishes_what_it_is_doing(place, workers):
    enqueue(place, "take_long.enqueue()")
    worker = workers()
    assert wait_for(lambda: "long begun" in marks(place))
    worker.terminate()
    assert worker.wait(15) == 0
    assert marks(place) == ["long begun", "long ended"]
    assert states(place) == {"SUCCESSFUL": 1}


def test_an_error_that_may_pass_is_tried_again_later_and_not_for_ever(place, workers):
    enqueue(place, "fail_until_the_end.enqueue()")
    workers()
    for number in (1, 2):
        assert wait_for(lambda n=number: marks(place) == ["failed"] * n)
        assert wait_for(lambda: states(place) == {"READY": 1})
        put_off = place.python(
            "from django.utils import timezone\n"
            "from django_tasks_db.models import DBTaskResult\n"
            "row = DBTaskResult.objects.get(task_path__startswith='tests.')\n"
            "print((row.run_after - timezone.now()).total_seconds() > 5)\n"
            "row.run_after = timezone.now(); row.save()"
        )
        assert put_off == "True"
    assert wait_for(lambda: states(place) == {"FAILED": 1})
    assert marks(place) == ["failed"] * 3


def test_an_error_that_stays_is_noted_and_not_tried_again(place, workers):
    enqueue(place, "be_wrong.enqueue()")
    workers()
    assert wait_for(lambda: states(place) == {"FAILED": 1})
    time.sleep(1)
    assert marks(place) == ["wrong"]


def test_of_two_workers_one_does_what_the_clock_asks(place, workers):
    workers()
    workers()
    known = f"from kesher.core.models import Schedule\nprint(Schedule.objects.filter(name={REPEATING!r}).count())"
    assert wait_for(lambda: place.python(known) == "1")
    for number in (1, 2, 3):
        place.python(
            "from django.utils import timezone\nfrom kesher.core.models import Schedule\n"
            f"Schedule.objects.filter(name={REPEATING!r}).update(next_at=timezone.now())"
        )
        assert wait_for(lambda n=number: states(place, REPEATING) == {"SUCCESSFUL": n})
    time.sleep(1.5)
    assert states(place, REPEATING) == {"SUCCESSFUL": 3}


def test_a_task_of_a_transaction_that_failed_is_not_there(place):
    place.python(
        "from django.db import transaction\nfrom tests.config.tasks import leave_mark\n"
        "try:\n"
        "    with transaction.atomic():\n"
        "        leave_mark.enqueue('never')\n"
        "        raise ValueError\n"
        "except ValueError: pass"
    )
    assert states(place) == {}


def test_a_worker_says_goodbye_when_it_ends(place, workers):
    beats = "from kesher.core.models import WorkerBeat\nprint(WorkerBeat.objects.count())"
    worker = workers()
    assert wait_for(lambda: place.python(beats) == "1")
    worker.terminate()
    worker.wait(10)
    assert place.python(beats) == "0"


@pytest.fixture
def no_connections(monkeypatch):
    """What a lane does with its connections is left out: these tests have none."""
    monkeypatch.setattr(worker_module, "close_old_connections", lambda: None)
    monkeypatch.setattr(worker_module.connections, "close_all", lambda: None)


@pytest.mark.usefixtures("no_connections")
def test_a_worker_outlasts_a_database_that_cannot_be_reached(caplog):
    worker, asked = Worker(), []

    def step():
        asked.append(1)
        if len(asked) < 3:
            raise OperationalError("database is locked")

    worker.insist(step)
    assert len(asked) == 3
    assert caplog.text.count("it goes on trying") == 2


@pytest.mark.usefixtures("no_connections")
def test_a_lane_that_stumbles_goes_on(caplog):
    worker, asked = Worker(), []

    def step():
        asked.append(1)
        if len(asked) == 1:
            raise ValueError("a NUL in a message")
        worker.stopping.set()
        return True

    worker.repeat(step)
    assert len(asked) == 2
    assert "stumbled" in caplog.text
