"""What became of a file: counts, the first lines of each outcome, and every line that was refused.

Refused lines are kept with line and reason, and given back in the shape of the original, so that
they can be corrected and taken in again.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from kesher.core.exporting import BOM, Column, neutral, restore, write_xlsx
from kesher.core.fields import Type
from kesher.core.importing.kinds import Outcome, Verdict
from kesher.core.importing.models import ImportRun, RefusedLine
from kesher.core.importing.reading import CARDS, OBJECTS, WORKBOOK
from kesher.core.importing.reasons import kept
from kesher.core.importing.refusals import shown

LEFT = (Outcome.REFUSED, Outcome.DOUBTFUL)  # lines that somebody has to look at
FIRST_LINES = 5
FIRST_REFUSED = 50
MOST_WORDS = 60  # unknown ones of a field
LONGEST_SHOWN = 120
LONGEST_KEPT = 32_767  # characters of a cell: no spreadsheet holds more


def counted(counts: Mapping[str, int] | None = None) -> dict[str, int]:
    """The counts in the order people read them; a database may have shuffled them."""
    return {outcome.value: (counts or {}).get(outcome.value, 0) for outcome in Outcome}


@dataclass
class Report:
    """Counts and first lines, gathered step by step."""

    counts: dict[str, int] = field(default_factory=counted)
    first: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    words: dict[str, dict[str, int]] = field(default_factory=dict)  # unknown, by field

    def add(self, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            self.counts[verdict.outcome] += 1
            lines = self.first.setdefault(verdict.outcome, [])
            most = FIRST_REFUSED if verdict.outcome in LEFT else FIRST_LINES
            if len(lines) < most:
                lines.append(_shown(verdict))
            if verdict.unknown:
                self._add_word(*verdict.unknown)

    def _add_word(self, name: str, word: str) -> None:
        words = self.words.setdefault(name, {})
        if word in words or len(words) < MOST_WORDS:
            words[word] = words.get(word, 0) + 1

    def plain(self) -> dict[str, Any]:
        return {"counts": self.counts, "first": self.first, "words": self.words}


def _shown(verdict: Verdict) -> dict[str, Any]:
    title = verdict.title or ", ".join(filter(None, (c.strip() for c in verdict.line.cells[:6])))
    return {
        "line": verdict.line.number,
        "title": shown(title, LONGEST_SHOWN),
        **kept(verdict.reason),
        "candidates": list(verdict.candidates),
        "changes": [[shown(part, LONGEST_SHOWN) for part in one] for one in verdict.changes],
    }


# ---- refused lines


def keep_refused(run: ImportRun, verdicts: Sequence[Verdict]) -> None:
    """Write refused lines down, in the transaction of their step."""
    RefusedLine.objects.bulk_create(
        (
            RefusedLine(
                run=run,
                number=verdict.line.number,
                **kept(verdict.reason),
                candidates=list(verdict.candidates),
                cells=json.dumps([cell[:LONGEST_KEPT] for cell in verdict.line.cells]),
            )
            for verdict in verdicts
            if verdict.outcome in LEFT
        ),
        batch_size=200,
    )


def refused_ending(run: ImportRun) -> str:
    """What kind of file the refused lines are given back in: that of the original, or CSV."""
    return {WORKBOOK: "xlsx", OBJECTS: "jsonl"}.get(run.form, "csv")


def write_refused(run: ImportRun, path: Path) -> None:
    """The refused lines as a file of the original's shape: same headings, same separator."""
    if run.form == WORKBOOK:
        columns = [Column(heading, Type.TEXT) for heading in run.headings]
        is_turned = run.language[:2] in settings.LANGUAGES_BIDI
        write_xlsx(path, run.sheet, columns, _refused_cells(run), right_to_left=is_turned)
        return
    write = _json_lines if run.form == OBJECTS else _csv_lines
    with path.open("wb") as file:
        file.writelines(write(run))


def _refused_cells(run: ImportRun) -> Iterator[list[str]]:
    rows = run.refused_lines.order_by("number").values_list("cells", flat=True)
    return (json.loads(cells) for cells in rows.iterator())


def _json_lines(run: ImportRun) -> Iterator[bytes]:
    for cells in _refused_cells(run):
        said = {name: cell for name, cell in zip(run.headings, cells, strict=False) if cell}
        yield (json.dumps(said, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _csv_lines(run: ImportRun) -> Iterator[bytes]:
    held = io.StringIO()
    writer = csv.writer(held, delimiter=run.separator or ",", lineterminator="\r\n")
    if run.heading_line or run.form == CARDS:
        writer.writerow([_harmless(heading) for heading in run.headings])
    yield (BOM + held.getvalue()).encode()
    for cells in _refused_cells(run):
        held.seek(0)
        held.truncate()
        writer.writerow([_harmless(cell) for cell in cells])
        yield held.getvalue().encode("utf-8", "replace")


def _harmless(cell: str) -> str:
    """The cell with its formulas asleep, once: what was asleep in the original stays as it was."""
    return neutral(restore(cell))
