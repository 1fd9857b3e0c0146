"""A clinic, and files written on the spot and taken in as `kesher import` does."""

from dataclasses import dataclass, field

import pytest

from kesher.core.access import SYSTEM
from kesher.core.importing.commands import check_import, open_import, take_in
from kesher.core.importing.kinds import importable_kind
from kesher.core.importing.reasons import reason_of


@dataclass
class Taken:
    """What a file brought: the run, the counts before and after, why lines were refused."""

    run: object
    expected: dict
    counts: dict
    refused: dict = field(default_factory=dict)

    @property
    def outcome(self):
        """Created, updated, unchanged, refused, and doubtful where some are."""
        *sure, doubtful = self.counts.values()
        return (*sure, doubtful) if doubtful else tuple(sure)


@pytest.fixture
def take(clinic, tmp_path):
    def take(content, kind="customers", by=SYSTEM, checks=True, **more):
        path = tmp_path / "file.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        more.setdefault("said", {})
        more.setdefault("match", ())
        run = open_import(
            by=by, kind=importable_kind(kind), path=path, name=path.name, is_ours=False, **more
        )
        expected = check_import(by=by, run=run)["counts"] if checks else None
        counts = take_in(by=by, run=run)
        refused = {line.number: reason_of(line) for line in run.refused_lines.all()}
        return Taken(run, expected, counts, refused)

    return take
