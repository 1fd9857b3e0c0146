from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, QuerySet
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kesher.core.access import AccessDenied, Actor
from kesher.core.changes import new_batch
from kesher.core.importing import report
from kesher.core.importing.keeping import forget_rows, new_file
from kesher.core.importing.kinds import Importable, Outcome, Verdict
from kesher.core.importing.models import ImportRun, RefusedLine
from kesher.core.importing.queries import (
    allowed_kinds,
    file_of,
    first_cells,
    job_key,
    kept_options,
    kind_of,
    last_of_shape,
    plan_of,
    rows_of,
    table_of,
    written,
)
from kesher.core.importing.reading import TEXT, Opening, Table, open_table
from kesher.core.importing.recognising import (
    Columns,
    Said,
    checked_match,
    columns_by_place,
    columns_for,
    guess_kind,
    heading_known_to,
    must_suffice,
    recognise,
    shape_key,
    telling_once,
)
from kesher.core.importing.refusals import shown
from kesher.core.importing.running import Step, go_through
from kesher.core.job_models import Job
from kesher.core.jobs import start_job, working
from kesher.core.prepared import Mark, prepared
from kesher.core.refusal import Refusal
from kesher.core.undo import Undone

State = ImportRun.State


class AlreadyTakenIn(Refusal):
    """A file is taken in once; the same file again is a new import."""

    message = _("This file was taken in already.")
    status = 409


class NothingToTakeBack(Refusal):
    """Only what was taken in can be taken back."""

    message = _("Nothing of this file was taken in, or it was taken back already.")
    status = 409


def open_import(
    *,
    by: Actor,
    kind: Importable | None,
    path: Path,
    name: str,
    is_ours: bool,
    encoding: str = "",
    sheet: str = "",
    said: Said | None = None,
    match: Iterable[str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> ImportRun:
    """Read a file to its end and recognise its columns; nothing of it is taken in yet.

    With `said` (even of nothing) the columns must suffice; without it a person chooses them next.
    Without a kind it is told by the headings, and without a match by the columns there are.
    """
    allowed = [kind] if kind else allowed_kinds(by)
    for one in allowed:
        one.require(by)
    how = _opening(by, allowed, encoding, sheet)
    table = open_table(path, how)
    try:
        plan = _first_plan(by, allowed, table, said)
        kind = plan["kind"]
        return ImportRun.objects.create(
            kind=kind.name,
            columns=plan["columns"],
            match=plan["match"] if match is None else list(checked_match(kind, match)),
            options={**plan["options"], **(options or {})},
            file_name=shown(name)[:160],
            path=written(path),
            is_ours=is_ours,
            **_brought_by(by),
            **_shape_of(table),
        )
    except BaseException:
        forget_rows(table)
        raise


def _opening(by: Actor, kinds: Sequence[Importable], encoding: str, sheet: str) -> Opening:
    return Opening(
        country=kinds[0].place(by).country, rows=new_file, encoding=encoding, sheet=sheet,
        knows=heading_known_to(kinds),
    )  # fmt: skip


def _first_plan(
    by: Actor, allowed: Sequence[Importable], table: Table, said: Said | None
) -> dict[str, Any]:
    """Kind, columns, match and options: as said, as in the last file of this shape, or guessed."""
    last = last_of_shape(table, allowed) if said is None else None
    if last is not None:
        kept = {"columns": last.columns, "match": last.match, "options": kept_options(by, last)}
        return kept | {"kind": kind_of(last)}
    kind, cells = guess_kind(allowed, table.headings), first_cells(table)
    if said is None:
        columns = recognise(kind, table.headings, cells)
    else:
        columns = columns_for(kind, table, said, cells)
    match = telling_once(kind, columns, cells)
    return {"kind": kind, "columns": columns, "match": match, "options": {}}


def _brought_by(by: Actor) -> dict[str, Any]:
    return {
        "actor": by.label,
        "actor_id": by.member_id,
        "language": get_language() or "en",
        "batch": new_batch(),
    }


def _shape_of(table: Table) -> dict[str, Any]:
    return {
        "form": table.form,
        "rows": "" if table.form == TEXT else written(table.path),
        "sheet": _kept(table.sheet)[:80],
        "sheets": [_kept(sheet)[:80] for sheet in table.sheets],
        "encoding": table.encoding,
        "separator": table.separator,
        "headings": [_kept(heading) for heading in table.headings],
        "heading_line": table.heading_line,
        "shape": shape_key(table.headings),
        "size": table.size,
        "stamp": table.stamp,
        "count": table.count,
    }


def choose_sheet(*, by: Actor, run: ImportRun, sheet: str) -> ImportRun:
    """Read another sheet of a spreadsheet; its columns are recognised anew."""
    _must_be_own(by, run)
    if run.state != State.READ:
        raise AlreadyTakenIn
    allowed = allowed_kinds(by)
    table = open_table(file_of(run), _opening(by, allowed, "", sheet))
    old = rows_of(run)
    plan = _first_plan(by, allowed, table, None)
    for name, value in ({**plan, "kind": plan["kind"].name} | _shape_of(table)).items():
        setattr(run, name, value)
    _looked_at_no_more(run)
    run.save()
    if old:
        old.unlink(missing_ok=True)
    return run


def choose_kind(*, by: Actor, run: ImportRun, kind: Importable) -> ImportRun:
    """Say that a file brings another kind of record; its columns are recognised anew."""
    _must_be_own(by, run)
    kind.require(by)
    if run.state != State.READ:
        raise AlreadyTakenIn
    cells = first_cells(table_of(run))
    run.kind, run.columns = kind.name, recognise(kind, run.headings, cells)
    run.match = telling_once(kind, run.columns, cells)
    _looked_at_no_more(run)
    run.save(update_fields=["kind", "match", "columns", "expected"])
    return run


def choose_columns(
    *,
    by: Actor,
    run: ImportRun,
    chosen: Sequence[str],
    match: Iterable[str],
    options: Mapping[str, Any] | None = None,
) -> ImportRun:
    """Say of each column of the file which field it brings; looking through begins anew."""
    _must_be_own(by, run)
    if run.state != State.READ:
        raise AlreadyTakenIn
    kind = kind_of(run)
    columns: Columns = columns_by_place(kind, chosen)
    must_suffice(kind, run.headings, columns)
    run.columns, run.match = columns, list(checked_match(kind, match))
    of_source = {name: run.options[name] for name in ("arrival",) if name in run.options}
    run.options = dict(options if options is not None else run.options) | of_source
    _looked_at_no_more(run)
    run.save(update_fields=["columns", "match", "options", "expected"])
    return run


def _looked_at_no_more(run: ImportRun) -> None:
    """What was found with other columns says nothing any more."""
    run.expected = None
    Job.objects.filter(key=job_key(run, "check")).delete()


def check_import(*, by: Actor, run: ImportRun) -> dict[str, Any]:
    """Look through the whole file and say what would become of each line; writes nothing of it."""
    _must_be_own(by, run)
    kind, table, plan = kind_of(run), table_of(run), plan_of(run)
    kind.require(by)
    must_suffice(kind, run.headings, plan.columns)
    found = report.Report()
    job = start_job(by=by, name="import", total=run.count, key=job_key(run, "check"))

    def step(verdicts: Sequence[Verdict]) -> None:
        found.add(verdicts)
        job.advance(len(verdicts))

    Job.objects.filter(pk=job.pk).update(done=0)
    with working(job):
        go_through(kind, table, plan, by, step=step, writes=False)
        ImportRun.objects.filter(pk=run.pk).update(expected=found.plain())
    run.refresh_from_db()
    return found.plain()


def take_in(*, by: Actor, run: ImportRun) -> dict[str, int]:
    """Take in the file in short steps; after a crash go on where it was. Returns the counts."""
    _must_be_own(by, run)
    kind, table, plan = kind_of(run), table_of(run), plan_of(run)
    kind.require(by)
    must_suffice(kind, run.headings, plan.columns)
    _begin(run)
    job = start_job(by=by, name="import", total=run.count, key=job_key(run, "run"))
    try:
        with working(job):
            go_through(kind, table, plan, by, step=_step(run, job), writes=True, done=run.done)
    except Exception:
        _end(run, State.FAILED)
        raise
    _end(run, State.DONE if job.state == Job.State.DONE else State.CANCELLED)
    return report.counted(run.counts)


@transaction.atomic
def _begin(run: ImportRun) -> None:
    held = ImportRun.objects.select_for_update().get(pk=run.pk)
    if held.state not in (State.READ, State.RUNNING, State.FAILED):
        raise AlreadyTakenIn
    run.state, run.done = State.RUNNING, held.done
    run.counts = report.counted(held.counts)
    run.save(update_fields=["state", "counts"])


def _end(run: ImportRun, state: str) -> None:
    ImportRun.objects.filter(pk=run.pk).update(state=state, finished_at=Now())
    run.refresh_from_db()


def _step(run: ImportRun, job: Job) -> Step:
    def step(verdicts: Sequence[Verdict]) -> None:
        # Read anew: what an undone transaction added to the counts must not stay.
        ((counts, done),) = _come_to(run=run.pk)
        for verdict in verdicts:
            counts[verdict.outcome] += 1
        done += len(verdicts)
        report.keep_refused(run, verdicts)
        ImportRun.objects.filter(pk=run.pk).update(counts=counts, done=done)
        job.advance(len(verdicts))

    return step


@prepared(run=BigIntegerField())
def _come_to(run: Mark) -> QuerySet:
    return ImportRun.objects.filter(pk=run).values_list("counts", "done")


def settle(*, by: Actor, run: ImportRun, decided: Mapping[int, int]) -> dict[str, int]:
    """Say whom doubtful lines are about, by their numbers: a record's number, 0 for a new one.

    Before the file is taken in it is only noted; afterwards these lines are taken in at once.
    """
    _must_be_own(by, run)
    if run.state not in (State.READ, State.DONE):
        raise AlreadyTakenIn
    known = run.options.get("decided", {}) | {str(line): pk for line, pk in decided.items()}
    run.options = {**run.options, "decided": known}
    if run.state == State.READ:
        _looked_at_no_more(run)
        run.save(update_fields=["options", "expected"])
        return report.counted(run.counts)
    run.save(update_fields=["options"])
    kind = kind_of(run)
    kind.require(by)
    doubtful = run.refused_lines.filter(number__in=list(decided)).exclude(candidates=[])
    numbers = set(doubtful.values_list("number", flat=True))
    go_through(kind, table_of(run), plan_of(run), by, step=_settled(run), writes=True, only=numbers)
    run.refresh_from_db()
    return report.counted(run.counts)


def _settled(run: ImportRun) -> Step:
    """Lines that were doubtful move to where they belong now."""

    def step(verdicts: Sequence[Verdict]) -> None:
        counts = report.counted(ImportRun.objects.values_list("counts", flat=True).get(pk=run.pk))
        numbers = [verdict.line.number for verdict in verdicts]
        RefusedLine.objects.filter(run=run, number__in=numbers).delete()
        for verdict in verdicts:
            counts[Outcome.DOUBTFUL] -= 1
            counts[verdict.outcome] += 1
        report.keep_refused(run, verdicts)
        ImportRun.objects.filter(pk=run.pk).update(counts=counts)

    return step


def take_back(*, by: Actor, run: ImportRun, into: str = "") -> Undone:
    """Take back what a file brought, in short steps, and say what was changed since and stays."""
    _must_be_own(by, run)
    if run.state not in (State.DONE, State.CANCELLED, State.FAILED) or not run.done:
        raise NothingToTakeBack
    kind = kind_of(run)
    kind.require(by)
    job = start_job(by=by, name="import-undo", key=job_key(run, "undo"))
    undone = Undone(batch=into or run.undo_batch or new_batch())
    ImportRun.objects.filter(pk=run.pk).update(undo_batch=undone.batch)
    with working(job):
        for step in kind.undo(by, run.batch, undone.batch):
            undone.add(step)
            job.advance(step.restored + len(step.stayed))
        job.result = {
            "restored": undone.restored,
            "stayed": _told(undone),
            "stayed_count": len(undone.stayed),
        }
        ImportRun.objects.filter(pk=run.pk).update(state=State.UNDONE)
    run.refresh_from_db()
    return undone


def _told(undone: Undone) -> list[dict[str, Any]]:
    """What stayed, for people: the first of them."""
    return [asdict(one) for one in undone.stayed[: report.FIRST_REFUSED]]


def _kept(heading: str) -> str:
    """A heading as every database keeps it."""
    return heading.encode("utf-8", "replace").decode().replace("\x00", "?")


def _must_be_own(by: Actor, run: ImportRun) -> None:
    if not by.is_system and run.actor_id != by.member_id:
        raise AccessDenied(f"{by.label} did not bring {run}")
