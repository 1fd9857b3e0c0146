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
from typing import Any

from kesher.core.exporting import BOM, neutral, restore
from kesher.core.importing.kinds import Outcome, Verdict
from kesher.core.importing.models import ImportRun, RefusedLine
from kesher.core.importing.refusals import shown

FIRST_LINES = 5
FIRST_REFUSED = 50
LONGEST_SHOWN = 120


def counted(counts: Mapping[str, int] | None = None) -> dict[str, int]:
    """The counts in the order people read them; a database may have shuffled them."""
    return {outcome.value: (counts or {}).get(outcome.value, 0) for outcome in Outcome}


@dataclass
class Report:
    """Counts and first lines, gathered step by step."""

    counts: dict[str, int] = field(default_factory=counted)
    first: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            self.counts[verdict.outcome] += 1
            lines = self.first.setdefault(verdict.outcome, [])
            most = FIRST_REFUSED if verdict.outcome == Outcome.REFUSED else FIRST_LINES
            if len(lines) < most:
                lines.append(_shown(verdict))

    def plain(self) -> dict[str, Any]:
        return {"counts": self.counts, "first": self.first}


def _shown(verdict: Verdict) -> dict[str, Any]:
    title = verdict.title or ", ".join(filter(None, (c.strip() for c in verdict.line.cells[:6])))
    return {
        "line": verdict.line.number,
        "title": shown(title, LONGEST_SHOWN),
        "reason": verdict.reason,
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
                reason=verdict.reason,
                cells=json.dumps(verdict.line.cells),
            )
            for verdict in verdicts
            if verdict.outcome == Outcome.REFUSED
        ),
        batch_size=200,
    )


def refused_csv(run: ImportRun) -> Iterator[bytes]:
    """The refused lines as a file of the original's shape: same headings, same separator."""
    held = io.StringIO()
    writer = csv.writer(held, delimiter=run.separator or ",", lineterminator="\r\n")
    if run.heading_line:
        writer.writerow([_harmless(heading) for heading in run.headings])
    yield (BOM + held.getvalue()).encode()
    for cells in run.refused_lines.order_by("number").values_list("cells", flat=True).iterator():
        held.seek(0)
        held.truncate()
        writer.writerow([_harmless(cell) for cell in json.loads(cells)])
        yield held.getvalue().encode("utf-8", "replace")


def _harmless(cell: str) -> str:
    """The cell with its formulas asleep, once: what was asleep in the original stays as it was."""
    return neutral(restore(cell))
