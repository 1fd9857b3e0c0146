"""Files on their way in: kept under a name of our own, and forgotten when they are old."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kesher.core.importing.models import ImportRun, RefusedLine
from kesher.core.importing.queries import file_of, rows_of
from kesher.core.importing.reading import TEXT, Table
from kesher.core.importing.refusals import FileRefused

LARGEST = 120 * 1024 * 1024  # of an upload; the command line takes files of any size
KEPT = timedelta(days=30)


class FileTooLarge(FileRefused):
    message = _("A file may have at most %(most)s MB here. Larger ones go in by “kesher import”.")


def new_file() -> Path:
    """An empty file that only we read; its name is ours."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    os.close(handle)
    return Path(name)


def files_kept() -> list[Path]:
    """Every file that lies in our keeping, whether an import still knows of it or not."""
    folder = _folder()
    return [path for path in folder.iterdir() if path.is_file()] if folder.exists() else []


def _folder() -> Path:
    return (Path(settings.MEDIA_ROOT) / "imports").absolute()


def keep_upload(chunks: Iterable[bytes]) -> Path:
    """Put what was handed in into a file of ours."""
    path, size = new_file(), 0
    try:
        with path.open("wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST:
                    raise FileTooLarge(most=LARGEST // 1024 // 1024)
                file.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def forget_rows(table: Table) -> None:
    """Drop the rows that were laid out for a file."""
    if table.form != TEXT:
        table.path.unlink(missing_ok=True)


def forget_run(run: ImportRun) -> None:
    """Drop an import that brought nothing, with its file."""
    paths = [file_of(run)] if run.path and run.is_ours else []
    if rows := rows_of(run):
        paths.append(rows)
    run.delete()
    for path in paths:
        path.unlink(missing_ok=True)


def forget_old_files(now: datetime) -> int:
    """Drop files and refused lines of imports that lie a month back; what they brought stays."""
    old = ImportRun.objects.filter(opened_at__lt=now - KEPT).exclude(path="")
    count = 0
    for run in old.iterator():
        if run.is_ours:
            file_of(run).unlink(missing_ok=True)
        if rows := rows_of(run):
            rows.unlink(missing_ok=True)
        RefusedLine.objects.filter(run=run).delete()
        ImportRun.objects.filter(pk=run.pk).update(path="", rows="", expected=None)
        count += 1
    return count
