"""An archive of everything on its way back: each file an import of its own, in the right order.

What was begun and cut off goes on where it was; the whole is taken back in one go.
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, visible
from kesher.core.archiving import place_in_order
from kesher.core.changes import new_batch
from kesher.core.importing.commands import open_import, take_back, take_in
from kesher.core.importing.keeping import new_file
from kesher.core.importing.kinds import importable_kind
from kesher.core.importing.models import ImportRun
from kesher.core.importing.queries import imports_of
from kesher.core.importing.refusals import FileEmpty, FileRefused, shown
from kesher.core.own.travelling import bring_definitions
from kesher.core.text import fold
from kesher.core.undo import Undone
from kesher.organization.commands.places import add_branch
from kesher.organization.models import Branch, Member
from kesher.organization.queries import business
from kesher.surface.archives.telling import MANIFEST, Kept, Manifest, read_manifest

LONGEST_MANIFEST = 4_000_000
State = ImportRun.State
UNFINISHED = (State.READ, State.RUNNING, State.FAILED)
OVER = (State.UNDONE, State.CANCELLED)
NAMED_BY = {"customers": "owner", "touches": "member", "tasks": "member"}
Around = Callable[[ImportRun], Any]


class ArchiveBroken(FileRefused):
    message = _(
        "“%(file)s” of this archive is missing or was changed. Export everything anew, or bring "
        "its CSV files one by one."
    )


class ArchiveUnknown(FileRefused):
    message = _("This is no archive of Kesher, or one of another version.")


class OtherBooks(FileRefused):
    message = _(
        "The archive is of a business in %(their_country)s that keeps its books in "
        "%(their_currency)s; here it is %(country)s and %(currency)s. Change that in the settings "
        "first."
    )


class StaffMissing(FileRefused):
    message = _(
        "The archive names colleagues who do not work here: %(names)s. Add them first, or bring "
        "it without colleagues who are not known."
    )


class NothingBrought(FileRefused):
    message = _("Nothing of this archive was taken in, or it was taken back already.")


def is_archive(path: Path) -> bool:
    """Whether a file or folder is an archive of everything."""
    if path.is_dir():
        return (path / MANIFEST).is_file()
    try:
        with zipfile.ZipFile(path) as archive:
            return MANIFEST in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


@dataclass(frozen=True)
class Archive:
    """An archive that was looked at: what it says, and its name among archives."""

    path: Path
    manifest: Manifest
    mark: str


def look_at(path: Path) -> Archive:
    """Read what an archive says of itself, and whether it is whole; nothing is taken in yet."""
    try:
        with _opened(path, MANIFEST) as file:
            said = file.read(LONGEST_MANIFEST)
    except (OSError, KeyError, zipfile.BadZipFile, RuntimeError, ValueError):
        raise ArchiveUnknown from None
    manifest = read_manifest(said.decode("utf-8", "replace"))
    if manifest is None:
        raise ArchiveUnknown
    for one in manifest.files:
        if importable_kind(one.kind) is None or one.name != f"{one.kind}.csv":
            raise ArchiveUnknown
        try:
            with _opened(path, one.name) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
        except (OSError, KeyError, zipfile.BadZipFile, RuntimeError, ValueError):
            digest = ""
        if digest != one.sha256:
            raise ArchiveBroken(file=shown(one.name))
    manifest.files.sort(key=lambda one: place_in_order(one.kind))
    return Archive(path, manifest, hashlib.sha256(said).hexdigest())


@contextmanager
def _opened(path: Path, name: str) -> Iterator[BinaryIO]:
    if path.is_dir():
        with (path / name).open("rb") as file:
            yield file
        return
    with zipfile.ZipFile(path) as archive, archive.open(name) as member:
        yield member  # type: ignore[misc]


def open_archive(
    *, by: Actor, path: Path, name: str, without_unknown: bool = False
) -> list[ImportRun]:
    """Make the imports of an archive ready, in order; one that was cut off is found again."""
    archive = look_at(path)
    held = _begun(by, archive.mark)
    if held:
        return held
    ours = business()
    manifest = archive.manifest
    if (manifest.country, manifest.currency) != (ours.country, ours.currency):
        raise OtherBooks(
            their_country=manifest.country, their_currency=manifest.currency,
            country=ours.country, currency=ours.currency,
        )  # fmt: skip
    if not any(one.rows for one in manifest.files):
        raise FileEmpty
    unknown = _unknown_staff(by, manifest)
    if unknown and not without_unknown:
        raise StaffMissing(names=", ".join(shown(one) for one in unknown[:20]))
    _open_branches(by, manifest)
    bring_definitions(by=by, said=manifest.own_fields)
    more = {"archive": new_batch(), "of": archive.mark, "branches": []}
    return [_open_one(by, archive, one, name, unknown, more) for one in manifest.files if one.rows]


def _open_one(
    by: Actor, archive: Archive, one: Kept, name: str, unknown: Sequence[str], more: dict[str, Any]
) -> ImportRun:
    words = {NAMED_BY[one.kind]: {fold(who): "" for who in unknown}} if (
        unknown and one.kind in NAMED_BY
    ) else {}  # fmt: skip
    path = new_file()
    try:
        with _opened(archive.path, one.name) as source, path.open("wb") as out:
            shutil.copyfileobj(source, out)
        return open_import(
            by=by, kind=importable_kind(one.kind), path=path, name=f"{name} {one.name}",
            is_ours=True, encoding="utf-8-sig", said={}, match=(), options={**more, "words": words},
        )  # fmt: skip
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _unknown_staff(by: Actor, manifest: Manifest) -> list[str]:
    rows = visible(by, Member).filter(is_active=True).values_list("name", "email")
    known = {fold(word) for row in rows for word in row}
    return [name for name in manifest.staff if fold(name) not in known]


def _open_branches(by: Actor, manifest: Manifest) -> None:
    known = {fold(name) for name in visible(by, Branch).values_list("name", flat=True)}
    for name in manifest.branches:
        if fold(name) not in known:
            add_branch(by=by, name=name)


def runs_of(by: Actor, key: str) -> list[ImportRun]:
    """The imports of one archive that the actor brought, in order."""
    return list(imports_of(by).filter(options__archive=key).order_by("pk")) if key else []


def last_of(by: Actor, path: Path) -> list[ImportRun]:
    """The imports of an archive as it was brought last."""
    return _last(by, look_at(path).mark)


def _last(by: Actor, mark: str) -> list[ImportRun]:
    last = imports_of(by).filter(options__of=mark).first()
    return runs_of(by, last.options["archive"]) if last else []


def _begun(by: Actor, mark: str) -> list[ImportRun]:
    """The imports of this very archive that were cut off."""
    runs = _last(by, mark)
    is_cut_off = any(run.state in UNFINISHED and run.path for run in runs)
    return runs if is_cut_off and not any(run.state in OVER for run in runs) else []


def bring_archive(
    *, by: Actor, runs: Sequence[ImportRun], around: Around = lambda _run: nullcontext()
) -> dict[str, dict[str, int]]:
    """Take in what is left of an archive, kind by kind. Returns the counts of each."""
    counts = {}
    for run in runs:
        if run.state in UNFINISHED:
            with around(run):
                take_in(by=by, run=run)
        counts[run.kind] = run.counts
        if run.state == State.CANCELLED:
            break
    return counts


def take_archive_back(*, by: Actor, runs: Sequence[ImportRun]) -> Undone:
    """Take back all that an archive brought, the last kind first."""
    done = Undone(batch=new_batch())
    left = [run for run in runs if brought_anything(run)]
    if not left:
        raise NothingBrought
    for run in reversed(left):
        done.add(take_back(by=by, run=run, into=done.batch))
    return done


def brought_anything(run: ImportRun) -> bool:
    """Whether there is anything of a file to be taken back."""
    is_over = run.state in (State.DONE, State.CANCELLED, State.FAILED)
    return is_over and bool(run.counts.get("created") or run.counts.get("updated"))
