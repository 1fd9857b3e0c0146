"""Everything that a business has, as a file for each kind, some records at a time."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _

from kesher.core.access import Actor, Scope, may, require_kind
from kesher.core.archiving import AT_ONCE, Archived, Cells, archived_kinds
from kesher.core.exporting import Column, csv_lines, write_xlsx
from kesher.core.fields import Type
from kesher.core.importing.kinds import column_of
from kesher.core.models import Job
from kesher.core.own.travelling import definitions_out
from kesher.core.refusal import Refusal
from kesher.customers.models import Customer
from kesher.organization.models import Business
from kesher.organization.queries import business
from kesher.surface.archives.telling import MANIFEST, README, Kept, Manifest, readme

SAME_DAY = (1980, 1, 1, 0, 0, 0)  # of every entry: the same content is the same archive
NAMING = {
    "staff": ("owner", "member"),
    "branches": ("branches", "branch"),
}  # columns that name our own


class FolderTaken(Refusal):
    """Nothing is written over what lies there."""

    message = gettext_lazy("“%(name)s” is there already. Choose another name.")


def require_everything(by: Actor) -> None:
    """Everything may be taken out by whoever may export customers and manages the business."""
    require_kind(by, "export", Customer)
    require_kind(by, "manage", Business)


def count_everything(by: Actor) -> int:
    """How many lines there will be in all."""
    require_everything(by)
    return sum(kind.rows(by).count() for kind in _open_kinds(by))


def _open_kinds(by: Actor) -> list[Archived]:
    """The kinds of which the actor may take out anything."""
    return [
        kind
        for kind in archived_kinds()
        if may(by, kind.right, kind.model) and kind.may_read(by, kind.columns[0])
    ]


def write_archive(*, by: Actor, path: Path, with_sheets: bool, job: Job) -> Manifest:
    """Write everything into one ZIP file, or into a folder; what was half written goes."""
    require_everything(by)
    if path.exists() or path.is_symlink():
        raise FolderTaken(name=path.name)
    half = path.with_name(f"{path.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700, parents=True)
    try:
        manifest = _Archive(by, half, job, with_sheets).write()
        if path.suffix.lower() == ".zip":
            _zip(half, path)
        else:
            half.rename(path)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return manifest


def _zip(folder: Path, path: Path) -> None:
    half = path.with_name(f"{path.name}.new")
    try:
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.iterdir()):
                entry = zipfile.ZipInfo(file.name, SAME_DAY)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
                with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as out:
                    shutil.copyfileobj(source, out)
        half.chmod(0o600)
        half.rename(path)
    finally:
        half.unlink(missing_ok=True)


@dataclass
class _Archive:
    """An archive on its way."""

    by: Actor
    folder: Path
    job: Job
    with_sheets: bool
    named: dict[str, set[str]] = field(default_factory=lambda: {key: set() for key in NAMING})
    last_customer: int = 0  # who came later goes out next time, with all that is his

    def write(self) -> Manifest:
        """Write each kind, and what there is to know of them."""
        ours = business()
        manifest = Manifest(ours.name, ours.country, ours.currency, timezone.now().isoformat())
        kinds = _open_kinds(self.by)
        for kind in kinds:
            cells = Cells(kind, self.by, kind.kind.place(self.by))
            manifest.files.append(self._file(kind, cells))
            manifest.missing += self._missing(kind, cells)
            manifest.left += [(str(what), count) for what, count in kind.left(self.by) if count]
            manifest.left += _otherwise(kind, cells)
        manifest.missing += [
            str(kind.kind.label)
            for kind in archived_kinds()
            if kind.name not in {one.name for one in kinds}
        ]
        manifest.own_fields = definitions_out(self.by)
        manifest.staff, manifest.branches = (sorted(self.named[key]) for key in NAMING)
        self._put(MANIFEST, manifest.written())
        self._put(README, "\ufeff" + readme(manifest, timezone.localdate()))
        return manifest

    def _put(self, name: str, text: str) -> None:
        self.folder.joinpath(name).write_text(text, encoding="utf-8", newline="")

    def _file(self, kind: Archived, cells: Cells) -> Kept:
        path = self.folder / f"{kind.name}.csv"
        sums: dict[str, Decimal] = dict.fromkeys(kind.summed, Decimal(0))
        columns = [Column(heading, Type.TEXT) for heading in cells.headings]
        waiting: list[list[Any]] = []

        def told() -> Iterator[list[Any]]:
            for row in self._rows(kind, cells, sums):
                waiting.append(row)
                yield row

        count = 0
        lines = csv_lines(columns, told())
        with path.open("wb") as file:
            file.write(next(lines))

            def both() -> Iterator[list[Any]]:
                for line in lines:
                    file.write(line)
                    yield waiting.pop()

            if self.with_sheets:
                sheet, title = path.with_suffix(".xlsx"), str(kind.kind.label)
                turned = get_language_bidi()
                count = write_xlsx(sheet, title, columns, both(), right_to_left=turned)
            else:
                count = sum(1 for _row in both())
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        totals = {name: f"{total:f}" for name, total in sums.items()}
        size, label = path.stat().st_size, str(kind.kind.label)
        return Kept(path.name, kind.name, label, count, size, digest, totals)

    def _rows(self, kind: Archived, cells: Cells, sums: dict[str, Decimal]) -> Iterator[list[Any]]:
        for records in self._chunks(kind):
            for said in kind.said(records):
                for name in sums:
                    sums[name] += said[name].number
                self._note(said, cells)
                yield cells.row(said)
            self.job.advance(len(records))

    def _chunks(self, kind: Archived) -> Iterator[list[Any]]:
        """The records in order, asked for some at a time: no reading lasts long."""
        rows, at = self._frozen(kind), 0
        while records := list(rows.filter(pk__gt=at).order_by("pk")[:AT_ONCE]):
            yield records
            at = records[-1].pk
            if kind.model is Customer:
                self.last_customer = at

    def _frozen(self, kind: Archived) -> QuerySet:
        """The records whose customers went out in this very archive."""
        rows = kind.rows(self.by)
        if not kind.hangs_on:
            return rows
        went = Q(**{f"{kind.hangs_on}__lte": self.last_customer})
        return rows.filter(went | Q(**{f"{kind.hangs_on}__isnull": True}))

    def _note(self, said: dict[str, Any], cells: Cells) -> None:
        """Remember which of our own a line names."""
        written = {column.name for column in cells.columns}
        for key, names in NAMING.items():
            for name in written.intersection(names):
                found = said.get(name)
                self.named[key].update(found if isinstance(found, list) else filter(None, [found]))

    def _missing(self, kind: Archived, cells: Cells) -> list[str]:
        """What the actor may not read of a kind."""
        written, label = {column.name for column in cells.columns}, kind.kind.label
        lines = [
            f"{label}: {column_of(kind.kind, name).label}"
            for name in kind.columns
            if name not in written
        ]
        is_all = self.by.scope(kind.model, kind.right) == Scope.ALL or self.by.is_system
        if not is_all and not kind.hangs_on:
            lines.append(_("%(kind)s outside your branches") % {"kind": label})
        return lines


def _otherwise(kind: Archived, cells: Cells) -> list[tuple[str, int]]:
    """Cells that an import would read as something else, by column."""
    return [
        (
            _("%(kind)s: cells of “%(column)s” that come back in another form")
            % {"kind": kind.kind.label, "column": column_of(kind.kind, name).label},
            count,
        )
        for name, count in sorted(cells.changed.items())
    ]
