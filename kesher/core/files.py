"""Files that people hand in: kept once by what they hold, cleaned, never believed.

The type is read from the content and not from the name; pictures are drawn anew, which drops where
they were taken and whatever was hidden behind them; all else is only ever handed out as an
attachment. Archives are never unpacked here.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import puremagic
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kesher.core.models import StoredFile
from kesher.core.pictures import PICTURES, clean_picture
from kesher.core.refusal import Refusal
from kesher.core.text import clean

LARGEST = 25 * 1024 * 1024
LONGEST_NAME = 120
UNKNOWN = "application/octet-stream"
HEAD = 8192
# What a browser may be told; markup and scripts stay unknown bytes.
TOLD = frozenset(
    {
        "application/pdf", "application/msword", "application/rtf", "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint", "application/gzip", "application/dicom", "audio/mpeg",
        "audio/ogg", "audio/wav", "audio/x-wav", "audio/mp4", "video/mp4", "video/quicktime",
        "video/webm",
    }
)  # fmt: skip
OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.IGNORECASE)
ODD = re.compile(r'[<>:"|?*\\/%\x00-\x1f\x7f]')
END_OF_ZIP = b"PK\x05\x06"
MOST_OF_A_DIRECTORY = 4 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_SWOLLEN = 200  # times its size in the archive


class FileEmpty(Refusal):
    """Nothing was handed in."""

    message = _("The file is empty.")


class FileTooLarge(Refusal):
    """More than is kept."""

    message = _("A file may have at most %(most)s MB.")

    def __init__(self):
        super().__init__(most=LARGEST // 1024 // 1024)


class FileIsABomb(Refusal):
    """An archive that swells to fill a disk."""

    message = _("This archive would swell to an enormous size. It was not kept.")


@dataclass(frozen=True)
class Received:
    """A file as it will be kept: cleaned bytes on disk, their type and a harmless name."""

    path: Path
    digest: str
    size: int
    content_type: str
    name: str


def receive(chunks: Iterable[bytes], name: str) -> Received:
    """Take in a file: refuse what is too large or a bomb, find its type, clean what can be."""
    raw = _collect(chunks)
    try:
        content_type = type_of(raw)
        if content_type in PICTURES.values():
            cleaned, content_type = clean_picture(raw)
            raw.unlink()
            raw = cleaned
        return Received(
            path=raw,
            digest=_digest(raw),
            size=raw.stat().st_size,
            content_type=content_type,
            name=clean_name(name, content_type),
        )
    except BaseException:
        raw.unlink(missing_ok=True)
        raise


def keep(received: Received) -> StoredFile:
    """Put a received file into the store; the same bytes are kept once."""
    target = place_of(received.digest)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if target.exists():
        received.path.unlink()
    else:
        received.path.replace(target)
        _settle(target.parent)
    stored, _is_new = StoredFile.objects.get_or_create(
        digest=received.digest,
        defaults={"content_type": received.content_type, "size": received.size},
    )
    return stored


def place_of(digest: str) -> Path:
    """Where the bytes of a digest lie."""
    return Path(settings.MEDIA_ROOT) / digest[:2] / digest


def opened(stored: StoredFile) -> BinaryIO:
    """The bytes of a kept file, to be read."""
    return place_of(stored.digest).open("rb")


def _collect(chunks: Iterable[bytes]) -> Path:
    folder = Path(settings.MEDIA_ROOT) / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    size = 0
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST:
                    raise FileTooLarge
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if not size:
            raise FileEmpty
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)


def _settle(folder: Path) -> None:
    """Without this a power cut may forget the name of a file that a row speaks of."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def type_of(path: Path) -> str:
    """The type that the content shows; what a browser might run counts as unknown."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    for magic, content_type in PICTURES.items():
        if magic.match(head):
            return content_type
    if _is_text(head):
        looks_like_markup = b"<" in head.lstrip()[:1] or b"<script" in head.lower()
        return UNKNOWN if looks_like_markup else "text/plain"
    if head.startswith(b"PK"):
        refuse_bomb(path)
        return _archive_type(path)
    try:
        found = puremagic.from_file(str(path), mime=True)
    except (puremagic.PureError, ValueError, OSError):
        return UNKNOWN
    return found if found in TOLD else UNKNOWN


def _archive_type(path: Path) -> str:
    """A plain archive, or the document that it is the clothes of."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return UNKNOWN
    for folder, content_type in OFFICE.items():
        if any(name.startswith(folder) for name in names):
            return content_type
    return "application/zip"


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        head[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not head.startswith(b"%PDF")


def refuse_bomb(path: Path) -> None:
    """Refuse an archive by what its own directory says, which is read without unpacking it."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 65_557))
        tail = file.read()
        at = tail.rfind(END_OF_ZIP)
        if at < 0 or len(tail) < at + 22:
            return
        length, offset = struct.unpack("<LL", tail[at + 12 : at + 20])
        if length > MOST_OF_A_DIRECTORY:
            raise FileIsABomb
        file.seek(min(offset, size))
        directory = file.read(length)
    packed, unpacked = _sizes(directory)
    swells = unpacked > 50 * 1024 * 1024 and unpacked > MOST_SWOLLEN * max(packed, 1)
    if swells or unpacked > MOST_UNPACKED:
        raise FileIsABomb


def _sizes(directory: bytes) -> tuple[int, int]:
    """Packed and unpacked size of all entries of a zip's directory."""
    packed = unpacked = at = 0
    while directory[at : at + 4] == b"PK\x01\x02" and len(directory) >= at + 46:
        parts = struct.unpack("<LLHHH", directory[at + 20 : at + 34])
        packed += parts[0]
        unpacked += parts[1]
        at += 46 + sum(parts[2:])
    return packed, unpacked


def clean_name(name: str, content_type: str = "") -> str:
    """A name that is safe on every system: no folders, no tricks of direction, not too long."""
    bare = unicodedata.normalize("NFC", clean(name.encode("utf-8", "ignore").decode("utf-8")))
    bare = " ".join(re.split(r"[\\/]", bare)[-1].split())
    bare = ODD.sub("_", bare)
    bare = "".join(c for c in bare if unicodedata.category(c) not in ("Cf", "Cc", "Co", "Cn"))
    bare = bare.strip(". ")
    if not bare or RESERVED.match(bare):
        bare = f"file_{bare}".rstrip("_")
    stem, dot, ending = bare.rpartition(".")
    if not dot or len(ending) > 12:
        stem, ending = bare, ""
    wanted = ENDINGS.get(content_type)
    if wanted and ending.lower() not in wanted:
        stem, ending = (bare if ending.lower() not in OTHER_PICTURES else stem), wanted[0]
    stem = stem[: LONGEST_NAME - len(ending) - 1].rstrip(". ")
    return f"{stem}.{ending}" if ending else stem


ENDINGS = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/tiff": ("tif", "tiff"),
    "image/avif": ("avif",),
}
OTHER_PICTURES = {"bmp", *(ending for endings in ENDINGS.values() for ending in endings)}
