"""Long work on archives, done by the worker: writing everything, taking it in, taking it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.utils import timezone

from kesher.core.access import Actor
from kesher.core.exporting import file_name
from kesher.core.importing.models import ImportRun
from kesher.core.jobs import job, job_of
from kesher.core.models import Job
from kesher.organization.queries import business
from kesher.surface.archives.bringing import bring_archive, runs_of, take_archive_back
from kesher.surface.archives.writing import write_archive
from kesher.web.lists.work import Asked, acting, exports_folder


@job(is_long=True, attempts=3)
def write_everything(key: str, asked: Asked) -> None:
    """Write everything into an archive that waits to be fetched."""
    with acting(key, asked) as acts:
        if acts is None:
            return
        actor, held = acts
        exports_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        path = exports_folder() / f"{held.key}.zip"
        path.unlink(missing_ok=True)
        write_archive(by=actor, path=path, with_sheets=asked["sheets"], job=held)
        name = file_name(business().name, timezone.localdate(), "zip")
        held.result = {"name": name, "format": "zip"}


@job(is_long=True, attempts=3)
def bring_everything(key: str, asked: Asked) -> None:
    """Take in an archive kind by kind, from where it came to a stop."""
    with acting(key, asked) as acts:
        if acts is None:
            return
        actor, held = acts

        @contextmanager
        def around(run: ImportRun) -> Iterator[None]:
            held.advance(0)  # stops where somebody asked for it between two files
            yield

        bring_archive(by=actor, runs=runs_of(actor, asked["archive"]), around=around)


@job(is_long=True, attempts=3)
def take_everything_back(key: str, asked: Asked) -> None:
    """Take back all that an archive brought."""
    with acting(key, asked) as acts:
        if acts is None:
            return
        actor, held = acts
        undone = take_archive_back(by=actor, runs=runs_of(actor, asked["archive"]))
        held.result = {"restored": undone.restored, "stayed": len(undone.stayed)}


WORK = {"run": bring_everything, "undo": take_everything_back}


def key_of(archive: str, work: str) -> str:
    """The name of the job."""
    return f"archive-{work}-{archive}"


def doing(actor: Actor, archive: str) -> tuple[str, Job] | None:
    """What is being done to an archive right now."""
    for work in ("undo", "run"):
        held = job_of(actor, key_of(archive, work))
        if held and held.state in (Job.State.WAITING, Job.State.RUNNING):
            return work, held
    return None


def lines_done(runs: Sequence[ImportRun]) -> int:
    """How many lines of an archive were gone through."""
    return sum(run.done for run in runs)
