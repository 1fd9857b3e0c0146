"""`kesher import FILE --kind customers`: what the page does, for administrators and scripts.

An archive that `kesher export` made is taken in whole, kind by kind.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import connection
from django.utils import timezone, translation

from kesher.core.access import Actor, visible
from kesher.core.importing import report
from kesher.core.importing.commands import check_import, open_import, take_in
from kesher.core.importing.kinds import column_of, importable_kind, importable_kinds
from kesher.core.importing.models import ImportRun
from kesher.core.importing.queries import job_of, kind_of
from kesher.core.importing.reasons import named_in, reason_of, told
from kesher.core.importing.refusals import shown
from kesher.core.refusal import Refusal
from kesher.organization.models import Branch
from kesher.organization.queries import business
from kesher.surface.archives.bringing import (
    bring_archive,
    is_archive,
    last_of,
    open_archive,
    take_archive_back,
)
from kesher.web.acting import actor_named

SAID_AT_MOST = 200  # refused lines told one by one


class Command(BaseCommand):
    refused: list[dict[str, Any]]
    help = "Take in customers or purchases from a file. The same file again changes nothing."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--kind", choices=[kind.name for kind in importable_kinds()],
            help="what the file holds; needed unless it is an archive of everything",
        )  # fmt: skip
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN",
            help="which column brings a field, by its heading or its number; may be repeated",
        )  # fmt: skip
        parser.add_argument(
            "--match", metavar="FIELD,…",
            help="what makes a line without a known number the same customer: phone, email, name, "
            "or none; unless said, telephone and e-mail, else the name, in a file without numbers",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, only")
        parser.add_argument(
            "--json", action="store_true", help="print nothing but the counts, as JSON"
        )
        parser.add_argument(
            "--reasons", action="store_true",
            help="with --json: say of each refused line its number, a code that stays the same in "
            "every language, and what is wrong",
        )  # fmt: skip
        parser.add_argument("--as", dest="email", default="", help="act as this member of staff")
        parser.add_argument("--sheet", default="", help="which sheet of a spreadsheet to take")
        parser.add_argument("--encoding", default="", help="when it is guessed wrong")
        parser.add_argument(
            "--branch", default="", help="where customers belong whose line names none"
        )
        parser.add_argument(
            "--without-unknown", action="store_true",
            help="of an archive: leave out colleagues who do not work here",
        )  # fmt: skip
        parser.add_argument(
            "--undo", action="store_true", help="take back all that an archive brought"
        )
        parser.add_argument("--refused", type=Path, help="write refused lines to this file")

    def handle(self, *, file: Path, kind: str | None, **options: Any) -> None:
        self.refused_whole, self.refused = False, []
        is_whole = not kind and is_archive(file)
        if not kind and not is_whole:
            raise CommandError("Say what the file holds with --kind.")
        with timezone.override(business().time_zone):
            counts: Any
            if is_whole:
                counts = self._archive(file, options)
            else:
                counts = self._counts(file, str(kind), options)
        if options["json"]:
            reasons = {"reasons": self.refused} if options["reasons"] else {}
            self.stdout.write(json.dumps({**counts, **reasons}))
        elif not self.refused_whole:
            for name, each in counts.items() if is_whole else [("", counts)]:
                said = ", ".join(f"{word} {count:,}" for word, count in each.items())
                self.stdout.write(f"{name}: {said}" if name else said)
        if self.refused_whole:
            sys.exit(1)

    def _archive(self, file: Path, options: dict[str, Any]) -> dict[str, dict[str, int]]:
        by, language = actor_named(options["email"])
        with translation.override(language):
            try:
                if options["undo"]:
                    undone = take_archive_back(by=by, runs=last_of(by, file))
                    return {"undone": {"back": undone.restored, "stayed": len(undone.stayed)}}
                runs = open_archive(
                    by=by, path=file, name=file.name, without_unknown=options["without_unknown"]
                )
                counts = bring_archive(
                    by=by, runs=runs, around=lambda run: _Progress(self.stderr, run, "run")
                )
            except Refusal as refusal:
                self.refused_whole = True
                self.stderr.write(str(refusal))
                return {}
            for run in runs:
                self._tell_refused(run, None)
            return counts

    def _counts(self, file: Path, kind: str, options: dict[str, Any]) -> dict[str, int]:
        by, language = actor_named(options["email"])
        with translation.override(language):
            try:
                run = open_import(
                    by=by,
                    kind=importable_kind(kind),
                    path=file,
                    name=file.name,
                    is_ours=False,
                    encoding=options["encoding"],
                    sheet=options["sheet"],
                    said=_said(options["map"]),
                    match=_match(options["match"]),
                    options=_options(by, options["branch"]),
                )
                self._tell(run)
                return self._go(by, run, options)
            except Refusal as refusal:
                self.refused_whole = True
                self.stderr.write(str(refusal))
                return report.counted()

    def _go(self, by: Actor, run: ImportRun, options: dict[str, Any]) -> dict[str, int]:
        if options["dry_run"]:
            with _Progress(self.stderr, run, "check"):
                found = check_import(by=by, run=run)
            refused = found["first"].get("refused", ())
            for line in refused:
                self.stderr.write(f"line {line['line']}: {told(line['code'], line['said'])}")
            self.refused = [_reason(line["line"], line) for line in refused]
            return found["counts"]
        with _Progress(self.stderr, run, "run"):
            counts = take_in(by=by, run=run)
        self._tell_refused(run, options["refused"])
        return counts

    def _tell(self, run: ImportRun) -> None:
        kind = kind_of(run)
        taken = ", ".join(
            f"{column_of(kind, name).name}={'+'.join(shown(run.headings[at]) for at in places)}"
            for name, places in run.columns.items()
        )
        where = run.sheet or run.encoding
        self.stderr.write(f"{shown(run.file_name, 80)}: {run.count:,} lines in {where}")
        self.stderr.write(f"columns: {taken}")
        if run.match:
            self.stderr.write(f"the same {kind.name}: by {', '.join(run.match)}")
        known = {at for places in run.columns.values() for at in places}
        left = [shown(head) for at, head in enumerate(run.headings) if at not in known]
        if left:
            self.stderr.write(f"not taken in: {', '.join(left[:40])}")

    def _tell_refused(self, run: ImportRun, path: Path | None) -> None:
        refused = run.refused_lines.order_by("number")
        for line in refused[:SAID_AT_MOST]:
            self.stderr.write(f"line {line.number}: {reason_of(line)}")
            self.refused.append(_reason(line.number, {"code": line.code, "said": line.said}))
        if (count := run.counts["refused"]) > SAID_AT_MOST:
            self.stderr.write(
                f"… and {count - SAID_AT_MOST:,} more; --refused FILE writes them all"
            )
        if path and (count or run.counts["doubtful"]):
            report.write_refused(run, path)


class _Progress:
    """Says on a terminal, each second, how far the work has come; silent elsewhere."""

    def __init__(self, out: OutputWrapper, run: ImportRun, work: str):
        self.out, self.run, self.work = out, run, work
        self.over = threading.Event()
        self.watch = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        if self.out.isatty():
            self.watch.start()

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        if self.watch.ident:
            self.watch.join()

    def _watch(self) -> None:
        started, first = time.monotonic(), None
        while not self.over.wait(1):
            job = job_of(self.run, self.work)
            if job is None:
                continue
            first = job.done if first is None else first
            rate = (job.done - first) / max(time.monotonic() - started, 0.001)
            self.out.write(f"\r{job.done:,} of {job.total:,} · {rate:,.0f}/s ", ending="")
            self.out.flush()
        self.out.write("")
        connection.close()


def _reason(number: int, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Why a line is refused, for machines."""
    return {"line": number, "code": kept["code"], **named_in(kept["said"])}


def _match(said: str | None) -> list[str] | None:
    """What lines are matched by, as said; nothing said leaves it to the columns."""
    if said is None or said.strip() == "none":
        return None if said is None else []
    return said.split(",")


def _said(pairs: list[str]) -> dict[str, list[str]]:
    """Fields and the columns that bring them, as FIELD=COLUMN."""
    said: dict[str, list[str]] = {}
    for pair in pairs:
        name, sign, column = pair.partition("=")
        if not sign or not name.strip() or not column.strip():
            raise CommandError(f"--map takes FIELD=COLUMN, not {pair!r}.")
        said.setdefault(name.strip(), []).append(column.strip())
    return said


def _options(by: Actor, branch: str) -> dict[str, Any]:
    if not branch:
        return {}
    found = visible(by, Branch).filter(name__iexact=branch).values_list("pk", flat=True)[:1]
    if not found:
        raise CommandError(f"There is no branch called {branch}.")
    return {"branches": list(found)}
