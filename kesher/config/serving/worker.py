"""Does the work that pages put aside: reactions, tasks, and the clock that makes tasks due."""

import logging
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.db import (
    InterfaceError,
    OperationalError,
    close_old_connections,
    connections,
    transaction,
)
from django.utils import timezone
from django_tasks import TaskContext
from django_tasks_db.models import DBTaskResult

from kesher.config.serving import clock
from kesher.core.events import deliver_due
from kesher.core.jobs import persistence_of
from kesher.core.own.catalogue import refresh

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.5
TICK_SECONDS = 1.0


class Worker:
    """Short and long tasks side by side: an import of minutes must not hold up a notification."""

    def __init__(self) -> None:
        self.worker_id = secrets.token_hex(8)
        self.stopping = threading.Event()

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        # Who works without having said so is taken for dead, and his work done twice.
        self.insist(self.beat)
        steps: dict[str, Callable[[], bool]] = {
            "clock": self.tick,
            "reactions": lambda: deliver_due(now=timezone.now()) > 0,
            "default": lambda: self.do_one("default"),
            "long": lambda: self.do_one("long"),
        }
        lanes = [
            threading.Thread(target=self.repeat, args=(step,), name=name)
            for name, step in steps.items()
        ]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        clock.bury(self.worker_id)
        connections.close_all()

    def stop(self, *_signal) -> None:
        """Finish what is being done and take nothing new; asked twice, leave at once."""
        if self.stopping.is_set():
            os._exit(1)
        self.stopping.set()

    def repeat(self, step: Callable[[], bool]) -> None:
        while not self.stopping.is_set():
            close_old_connections()
            try:
                did_something = step()
            except Exception:  # a lane that ended would leave its work undone for ever
                log.exception("The worker stumbled; it goes on trying.")
                did_something = False
            if not did_something:
                self.stopping.wait(IDLE_SECONDS)
        connections.close_all()

    def insist(self, step: Callable[[], object]) -> None:
        """Take a step once, and again for as long as the database cannot be reached."""
        while True:
            try:
                step()
            except (OperationalError, InterfaceError):
                log.exception("The worker cannot reach the database; it goes on trying.")
                if self.stopping.wait(IDLE_SECONDS):
                    raise
                close_old_connections()
            else:
                return

    def beat(self) -> None:
        clock.beat(self.worker_id, place=place(), pid=os.getpid(), now=timezone.now())

    def tick(self) -> bool:
        self.beat()
        clock.tick(now=timezone.now(), place=place())
        self.stopping.wait(TICK_SECONDS - IDLE_SECONDS)
        return False

    def do_one(self, lane: str) -> bool:
        row = self.claim(lane)
        if row is None:
            return False
        began = time.monotonic()
        try:
            answer = call(row)
        except Exception as error:  # whatever a task raises is written into its row
            self.insist(partial(set_back, row, error))
        else:
            self.insist(partial(row.set_successful, answer))
        log.info("%s: %s in %.1f s", row.task_path, row.status.lower(), time.monotonic() - began)
        return True

    def claim(self, lane: str) -> DBTaskResult | None:
        ready = DBTaskResult.objects.ready().filter(queue_name=lane)
        if not ready.exists():
            return None
        with transaction.atomic():
            row = ready.get_locked()
            if row is not None:
                row.claim(self.worker_id)
        return row


def call(row: DBTaskResult):
    task, result = row.task, row.task_result
    refresh()  # another process may have made a field since
    if task.takes_context:
        return task.call(TaskContext(task_result=result), *result.args, **result.kwargs)
    return task.call(*result.args, **result.kwargs)


def set_back(row: DBTaskResult, error: Exception) -> None:
    """Try later after an error that may pass, else note the failure."""
    persistence, attempts = persistence_of(row.task_path), len(row.worker_ids)
    if not isinstance(error, persistence.transient) or attempts >= persistence.attempts:
        log.error("%s failed", row.task_path, exc_info=error)
        row.set_failed(error)
        return
    log.warning("%s is tried again: %r", row.task_path, error)
    row.status = "READY"
    row.run_after = timezone.now() + persistence.wait(attempts)
    row.save(update_fields=["status", "run_after"])


def place() -> str:
    """Where a process number means something: this start of this machine, or this container."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    if not boot.exists():
        return ""
    return f"{boot.read_text().strip()} {Path('/proc/self/ns/pid').stat().st_ino}"
