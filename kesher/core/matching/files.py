"""Duplicates of a file: its lines read as records, its pairs written as a table."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kesher.core.importing.reading import Line, Opening, open_table
from kesher.core.importing.refusals import shown
from kesher.core.matching.reasons import reasons_of
from kesher.core.matching.records import FIELDS, Record, record
from kesher.core.matching.scoring import CLASSES, pairs_of
from kesher.core.refusal import Refusal

NUMBER = "rec_id"
COLUMNS = ("rec_a", "rec_b", "score", "class", "reasons")
WANTED = {"safe": CLASSES[:1], "likely": CLASSES[:2], "all": CLASSES}


class NumbersMissing(Refusal):
    message = _("The file has no column “rec_id”, by which its lines are told apart.")


class NumberMissing(Refusal):
    message = _("It says nothing under “rec_id”.")


class NumberTwice(Refusal):
    message = _("It says rec_id “%(number)s” for a second time.")


class NothingToCompare(Refusal):
    message = _("The file has no column to compare. It may have: %(columns)s.")


class PairsNotWritten(Refusal):
    message = _("The pairs cannot be written to “%(name)s”.")


@dataclass
class Listed:
    """What a file holds: its records, and the lines that cannot be compared, with the reason."""

    records: list[Record] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


def read_records(path: Path, country: str) -> Listed:
    """The records of a file of any form that the import reads; a faulty line stops no other."""
    with tempfile.TemporaryDirectory() as folder:
        known = {NUMBER, *FIELDS}
        how = Opening(
            country=country, rows=lambda: Path(folder) / "rows",
            knows=lambda heading: heading.strip().casefold() in known,
        )  # fmt: skip
        table = open_table(path, how)
        headings = [heading.strip().casefold() for heading in table.headings]
        if NUMBER not in headings:
            raise NumbersMissing
        if known.isdisjoint(set(headings) - {NUMBER}):
            raise NothingToCompare(columns=", ".join(FIELDS))
        return _listed(table.lines(), headings)


def _listed(lines: Iterable[Line], headings: list[str]) -> Listed:
    listed = Listed()
    seen: set[str] = set()
    for line in lines:
        try:
            listed.records.append(_record(line, headings, seen))
        except Refusal as refusal:
            listed.faults.append((line.number, str(refusal)))
    return listed


def _record(line: Line, headings: list[str], seen: set[str]) -> Record:
    if line.fault:
        raise line.fault
    one = record(dict(zip(headings, line.cells, strict=False)))
    if not one.number:
        raise NumberMissing
    if one.number in seen:
        raise NumberTwice(number=shown(one.number))
    seen.add(one.number)
    return one


def write_pairs(records: list[Record], path: Path, threshold: str) -> Counter[str]:
    """Write the pairs of these classes in the order of the records; say how many of each."""
    counts: Counter[str] = Counter(dict.fromkeys(WANTED[threshold], 0))
    try:
        file = path.open("w", encoding="utf-8", newline="")
    except (OSError, ValueError):
        raise PairsNotWritten(name=shown(path.name)) from None
    with file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        for pair in pairs_of(records):
            if pair.level not in counts:
                continue
            counts[pair.level] += 1
            why = "; ".join(reasons_of(pair.features))
            out.writerow([pair.a.number, pair.b.number, f"{pair.score:.4f}", pair.level, why])
    return counts
