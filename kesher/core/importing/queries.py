from __future__ import annotations

import os
from contextlib import suppress
from itertools import islice
from pathlib import Path

from django.db.models import QuerySet

from kesher.core.access import AccessDenied, Actor
from kesher.core.importing.kinds import Importable, Plan, importable_kind, importable_kinds
from kesher.core.importing.models import ImportRun
from kesher.core.importing.reading import Table
from kesher.core.importing.refusals import FileChanged, shown
from kesher.core.job_models import Job


def imports_of(actor: Actor) -> QuerySet[ImportRun]:
    """The files that the actor has brought, the last one first. Nobody sees those of another."""
    runs = ImportRun.objects.order_by("-pk")
    return runs if actor.is_system else runs.filter(actor_id=actor.member_id)


def allowed_kinds(actor: Actor) -> list[Importable]:
    """The kinds of record that the actor may take in; refuses whoever may take in none."""
    allowed = []
    for kind in importable_kinds():
        with suppress(AccessDenied):
            kind.require(actor)
            allowed.append(kind)
    if not allowed:
        raise AccessDenied(f"{actor.label} may not take in anything")
    return allowed


def samples_of(run: ImportRun, count: int = 3) -> list[list[str]]:
    """What stands in each column of the first lines, for the eye."""
    lines = [line.cells for line in islice(table_of(run).lines(), count)]
    return [
        [shown(cells[at].strip()) for cells in lines if at < len(cells) and cells[at].strip()]
        for at in range(len(run.headings))
    ]


def job_of(run: ImportRun, work: str) -> Job | None:
    """The job that looks through, takes in or takes back this file, if it was begun."""
    return Job.objects.filter(key=job_key(run, work)).first()


def job_key(run: ImportRun, work: str) -> str:
    """The name of the job, the same at every attempt."""
    return f"import-{work}-{run.batch}"


def kind_of(run: ImportRun) -> Importable:
    """The kind of record that the file brings."""
    kind = importable_kind(run.kind)
    assert kind is not None  # noqa: S101 - kinds are code, they don't vanish
    return kind


def path_of(run: ImportRun) -> Path:
    """Where the file lies."""
    return Path(os.fsdecode(run.path.encode("latin-1")))


def table_of(run: ImportRun) -> Table:
    """The file as it was read; refuses when it has changed or is gone."""
    table = Table(
        path=path_of(run), encoding=run.encoding, separator=run.separator,
        headings=tuple(run.headings), heading_line=run.heading_line, size=run.size,
        stamp=run.stamp, count=run.count,
    )  # fmt: skip
    try:
        there = table.path.stat()
    except OSError:
        raise FileChanged from None
    if not run.path or (there.st_size, there.st_mtime_ns) != (run.size, run.stamp):
        raise FileChanged
    return table


def plan_of(run: ImportRun) -> Plan:
    """How the file is to be taken in."""
    columns = {name: tuple(places) for name, places in run.columns.items()}
    return Plan(columns, tuple(run.match), run.options, run.batch)
