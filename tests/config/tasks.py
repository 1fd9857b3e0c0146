"""Tasks that leave a mark in the home of their Kesher, one line a run."""

import os
import time
from pathlib import Path

from kesher.core.jobs import TryAgain, job

MARKS = Path(os.environ["KESHER_HOME"]) / "marks"


def mark(word: str) -> None:
    with MARKS.open("a") as file:
        file.write(f"{word}\n")


@job()
def leave_mark(word: str) -> None:
    mark(word)


@job()
def be_slow_the_first_time(word: str) -> None:
    """Begin, and on the first run be still at it when somebody pulls the plug."""
    mark(f"{word} begun")
    if MARKS.read_text().count(f"{word} begun") == 1:
        time.sleep(60)
    mark(f"{word} ended")


@job()
def kill_the_worker() -> None:
    mark("killed")
    os.kill(os.getpid(), 9)


@job(attempts=3)
def fail_until_the_end() -> None:
    mark("failed")
    raise TryAgain("the network")


@job()
def be_wrong() -> None:
    mark("wrong")
    raise ValueError("wrong for good")


@job(is_long=True)
def take_long() -> None:
    mark("long begun")
    time.sleep(5)
    mark("long ended")
