from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models import Model, QuerySet

from kesher.core.access import AccessDenied, Actor
from kesher.core.importing.kinds import Importable, Plan, importable_kind, importable_kinds
from kesher.core.importing.models import ImportRun
from kesher.core.importing.reading import TEXT, Table
from kesher.core.importing.recognising import shape_key
from kesher.core.importing.refusals import FileChanged, shown
from kesher.core.job_models import Job
from kesher.core.models import Change

LONGEST_LOOKED_AT = 400  # characters of a cell that tell what a column holds


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


def first_cells(table: Table, count: int = 200) -> list[list[str]]:
    """What stands in each column of the first lines; of a long cell only how it begins."""
    found: list[list[str]] = [[] for _heading in table.headings]
    for line in islice(table.lines(), count):
        for cell, column in zip(line.cells, found, strict=False):
            if text := cell.strip():
                column.append(text[:LONGEST_LOOKED_AT])
    return found


def samples_of(run: ImportRun, count: int = 3) -> list[list[str]]:
    """A few cells of each column, for the eye."""
    return [[shown(cell) for cell in cells] for cells in first_cells(table_of(run), count)]


def last_of_shape(table: Table, kinds: Sequence[Importable]) -> ImportRun | None:
    """The last file with the very same headings that was taken in, of one of these kinds."""
    if not table.heading_line and table.form == TEXT:
        return None  # without headings any two files look alike
    taken = ImportRun.objects.filter(
        shape=shape_key(table.headings), kind__in=[kind.name for kind in kinds],
        state__in=(ImportRun.State.DONE, ImportRun.State.UNDONE),
    )  # fmt: skip
    return taken.order_by("-pk").first()


def kept_options(by: Actor, run: ImportRun) -> dict[str, Any]:
    """What was said of a file that holds for the next one of its shape too."""
    kept = {"words": run.options.get("words", {})}
    if run.actor_id == by.member_id and run.options.get("branches"):
        kept["branches"] = run.options["branches"]
    return kept


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


def written(path: Path) -> str:
    """A path as a database keeps it, whatever bytes it is made of."""
    return os.fsencode(path.absolute()).decode("latin-1")


def file_of(run: ImportRun) -> Path:
    """Where the file lies."""
    return Path(os.fsdecode(run.path.encode("latin-1")))


def rows_of(run: ImportRun) -> Path | None:
    """Where the rows of the file are laid out, unless it is plain text."""
    return Path(os.fsdecode(run.rows.encode("latin-1"))) if run.rows else None


def table_of(run: ImportRun) -> Table:
    """The file as it was read; refuses when it has changed or is gone."""
    table = Table(
        path=rows_of(run) or file_of(run), form=run.form, encoding=run.encoding,
        separator=run.separator, sheet=run.sheet, sheets=run.sheets, headings=tuple(run.headings),
        heading_line=run.heading_line, size=run.size, stamp=run.stamp, count=run.count,
    )  # fmt: skip
    if not run.path:
        raise FileChanged
    table.must_be_unchanged()
    return table


def taken_back(model: type[Model], pks: Iterable[int]) -> set[int]:
    """Which of these records were last written by taking back the import that had brought them."""
    rows = Change.objects.filter(kind=model._meta.label_lower, record_id__among=list(pks))
    last = dict(rows.order_by("pk").values_list("record_id", "batch"))
    undone = ImportRun.objects.filter(undo_batch__among=list({*last.values()} - {""}))
    batches = set(undone.values_list("undo_batch", flat=True))
    return {pk for pk, batch in last.items() if batch in batches}


def plan_of(run: ImportRun) -> Plan:
    """How the file is to be taken in."""
    columns = {name: tuple(places) for name, places in run.columns.items()}
    return Plan(columns, tuple(run.match), run.options, run.batch)
