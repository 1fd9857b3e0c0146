"""Files of a folder: only below the folders that the administrator named, and never out of them."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from django.conf import settings

from kesher.core.feeds.fetching import MOST_BYTES, PIECE, too_large
from kesher.core.feeds.refusals import (
    FileClimbs,
    FolderMissing,
    FolderRefused,
    NoFolders,
    PatternRefused,
    TooManyFiles,
)
from kesher.core.importing.refusals import shown

MOST_FILES = 5000
LONGEST = 1000


@dataclass(frozen=True)
class Found:
    """A file that lies in a folder, as it is at this moment."""

    path: Path
    size: int
    stamp: int

    @property
    def key(self) -> str:
        """The same for the same file, another once somebody has written it anew."""
        return f"{self.path.name}\n{self.size}\n{self.stamp}"


def roots() -> list[Path]:
    """The folders that are open, as they really lie."""
    return [Path(os.path.realpath(root)) for root in settings.KESHER_SOURCE_FOLDERS]


def folder_of(typed: str) -> Path:
    """The folder that somebody typed, below one that is open; alone it is relative to the first."""
    known = roots()
    if not known:
        raise NoFolders
    if len(typed) > LONGEST or "\x00" in typed:
        raise FolderMissing(folder=shown(typed))
    path = Path(os.path.realpath(known[0] / typed.strip()))
    must_lie_below(path, typed)
    return path


def must_lie_below(path: Path, typed: str) -> None:
    """Refuse a path that has climbed out of every open folder."""
    known = roots()
    if not any(path.is_relative_to(root) for root in known):
        named = ", ".join(shown(str(root), 80) for root in known)
        raise FolderRefused(folder=shown(typed, 80), roots=named)


def pattern_of(typed: str) -> str:
    """Which files are meant, by their names alone."""
    pattern = typed.strip() or "*"
    if "/" in pattern or "\\" in pattern or "\x00" in pattern or len(pattern) > 100:
        raise PatternRefused(pattern=shown(pattern))
    return pattern


def files_of(folder: Path, pattern: str) -> list[Found]:
    """The files of a folder that are meant, the oldest first; hidden ones are none."""
    try:
        found = list(_matching(folder, pattern.lower()))
    except OSError:
        raise FolderMissing(folder=shown(str(folder), 80)) from None
    return sorted(found, key=lambda one: (one.stamp, one.path.name))


def _matching(folder: Path, pattern: str) -> Iterator[Found]:
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            count += 1
            if count > MOST_FILES:
                raise TooManyFiles(most=MOST_FILES)
            name = entry.name.lower()
            if name.startswith((".", "~")) or not fnmatchcase(name, pattern):
                continue
            try:
                there = entry.stat()
            except OSError:
                continue  # a link to nowhere, or gone this very moment
            if stat.S_ISREG(there.st_mode):
                yield Found(Path(entry.path), there.st_size, there.st_mtime_ns)


def copy_of(found: Found, out: Path) -> str | None:
    """Copy a file and return its digest; nothing when it is being written at this moment."""
    real = Path(os.path.realpath(found.path))
    if not any(real.is_relative_to(root) for root in roots()):
        raise FileClimbs(name=shown(found.path.name))
    try:
        handle = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        _must_still_lie_below(handle, found)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        if os.fstat(handle).st_size > MOST_BYTES:
            raise too_large()
        held, size = hashlib.sha256(), 0
        with out.open("wb") as copy:
            while piece := file.read(PIECE):
                size += len(piece)
                if size > MOST_BYTES:
                    raise too_large()
                held.update(piece)
                copy.write(piece)
        there = os.fstat(handle)
    is_whole = (there.st_size, there.st_mtime_ns) == (
        found.size,
        found.stamp,
    ) and size == found.size
    return held.hexdigest() if is_whole else None


def _must_still_lie_below(handle: int, found: Found) -> None:
    """A folder on the way may have become a link since: ask what was really opened."""
    opened = Path(f"/proc/self/fd/{handle}")
    if opened.exists():
        real = opened.readlink()
        if not any(real.is_relative_to(root) for root in roots()):
            raise FileClimbs(name=shown(found.path.name))
