"""Going through a file in small steps: each is one short transaction, so that people can work on.

What a step wrote and how far the file has come are committed together; a run that was cut off goes
on where it was. Lines gone through before are judged again without writing, to remember them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import closing, nullcontext

from django.db import DataError, IntegrityError, connection, transaction

from kesher.core.access import Actor
from kesher.core.bulk import refresh_statistics
from kesher.core.importing.kinds import Importable, Outcome, Plan, Read, Verdict, refused
from kesher.core.importing.memory import Memory
from kesher.core.importing.reading import Line, Table, next_lines
from kesher.core.importing.refusals import NotKept
from kesher.core.importing.said import Cells
from kesher.core.refusal import Refusal
from kesher.core.search_index import filling

STEP_SECONDS = 0.1  # of work in the transaction of a step; nobody may wait for 0.2
STEP_LIMIT = 0.14  # by the clock, for the machine may be busy with other things
FIRST_STEP, SMALLEST_STEP, LARGEST_STEP = 50, 25, 5000
LOOKED_AT_ONCE = 500
MANY = 1000  # lines, of which the search is told before they come
FIRST_COUNT = 500  # lines, after which the database counts its rows; again at four times as many
BREATH, SHORTEST_BREATH = 0.2, 0.02  # between two transactions: of the last, and in seconds

Step = Callable[[Sequence[Verdict]], None]


def go_through(
    kind: Importable,
    table: Table,
    plan: Plan,
    by: Actor,
    *,
    step: Step,
    writes: bool,
    done: int = 0,
    only: Container[int] | None = None,
) -> None:
    """Judge every line and, if asked to, write it; `step` hears of each few lines in turn.

    With `only` all lines but those of these numbers are passed over.
    """
    passage = _Passage(kind, plan, by, Memory(), table, step)
    lines = table.lines()
    if only is not None:
        lines = (line for line in lines if line.number in only)
    gathering = filling() if writes and table.count >= MANY else nullcontext()
    with closing(passage.memory), gathering:
        if writes:
            _write_through(passage, lines, done)
        else:
            while chunk := next_lines(lines, LOOKED_AT_ONCE):
                passage.look_at(chunk)


def _write_through(passage: _Passage, lines: Iterator[Line], done: int) -> None:
    while done and (chunk := next_lines(lines, min(done, LOOKED_AT_ONCE))):
        done -= len(chunk)
        passage.remember(chunk)
    size, taken, counts_at = FIRST_STEP, 0, FIRST_COUNT
    while chunk := next_lines(lines, size):
        passage.take(chunk)
        size = _next_size(len(chunk), passage.worked, passage.took)
        taken += len(chunk)
        if taken >= counts_at:
            refresh_statistics()
            counts_at *= 4


def _next_size(size: int, worked: float, took: float) -> int:
    """As many lines as fit into a step, going by the last one; the machine may be busy."""
    fitting = size * min(STEP_SECONDS / max(worked, 0.001), STEP_LIMIT / max(took, 0.001))
    return max(SMALLEST_STEP, min(int(fitting), size * 2, LARGEST_STEP))


class _Passage:
    """A few lines on their way: read, judged, written and told of."""

    def __init__(
        self, kind: Importable, plan: Plan, by: Actor, memory: Memory, table: Table, step: Step
    ):
        self.kind, self.plan, self.by = kind, plan, by
        self.memory, self.place, self.step = memory, kind.place(by), step
        self.cells = Cells(kind, plan, self.place, table)
        self.worked = self.took = 0.0  # in the last transaction
        self.ended = 0.0  # that transaction, by the clock

    def remember(self, lines: Sequence[Line]) -> None:
        """Judge lines that an earlier run has taken in, to know what they said."""
        self._judged(self._readable(lines)[0])

    def look_at(self, lines: Sequence[Line]) -> None:
        """Only say what would become of the lines."""
        read, refused = self._readable(lines)
        self.step(_in_order(refused, self._judged(read)))

    def take(self, lines: Sequence[Line]) -> None:
        """Write the lines; where one of them spoils the rest, it alone is refused."""
        self._take(*self._readable(lines))

    def _readable(self, lines: Sequence[Line]) -> tuple[list[Read], list[Verdict]]:
        """The lines whose cells can be read, with what they say; and those refused for that."""
        read: list[Read] = []
        faulty: list[Verdict] = []
        for line in lines:
            try:
                read.append((line, self.cells.said_in(line)))
            except Refusal as refusal:
                faulty.append(refused(line, refusal))
        return read, faulty

    def _judged(self, read: Sequence[Read]) -> list[Verdict]:
        return self.kind.judge(self.by, read, self.plan, self.memory, self.place)

    def _take(self, read: Sequence[Read], refused: Sequence[Verdict]) -> None:
        """Judged before the transaction, which stays short; if that was overtaken, judged anew."""
        self.memory.begin()
        try:
            verdicts = self._judged(read)
            self._give_way()
            worked, started = time.thread_time(), time.monotonic()
            with transaction.atomic():
                self.kind.write(self.by, verdicts, self.plan, self.memory)
                self.step(_in_order(refused, verdicts))
            self.worked, self.ended = time.thread_time() - worked, time.monotonic()
            self.took = self.ended - started
        except (Refusal, IntegrityError, DataError) as error:
            self.memory.forget()
            self._take_apart(read, refused, error)
        except BaseException:
            self.memory.forget()
            raise
        else:
            self.memory.keep()

    def _give_way(self) -> None:
        """SQLite lets whoever waits for its one lock look again only now and then: leave a gap."""
        if connection.vendor == "sqlite" and BREATH:
            gap = max(self.took * BREATH, SHORTEST_BREATH)
            time.sleep(max(self.ended + gap - time.monotonic(), 0))

    def _take_apart(
        self, read: Sequence[Read], refused: Sequence[Verdict], error: Exception
    ) -> None:
        """Halve the lines until the one is found that cannot be written."""
        if len(read) > 1:
            half = len(read) // 2
            cut = read[half][0].number
            self._take(read[:half], [v for v in refused if v.line.number < cut])
            self._take(read[half:], [v for v in refused if v.line.number >= cut])
        elif read:
            reason = error if isinstance(error, Refusal) else NotKept()
            verdict = Verdict(read[0][0], Outcome.REFUSED, reason=reason)
            with transaction.atomic():
                self.step(_in_order(refused, [verdict]))
        else:
            raise error


def _in_order(some: Sequence[Verdict], others: Sequence[Verdict]) -> list[Verdict]:
    return sorted([*some, *others], key=lambda verdict: verdict.line.number)
