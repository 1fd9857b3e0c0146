"""Another database as a source: which it is, judged like any other host or file."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from django.conf import settings

from kesher.core.feeds import fetching
from kesher.core.feeds.fetching import PIECE, patience, too_large
from kesher.core.feeds.folders import must_lie_below, roots
from kesher.core.feeds.hosts import CONNECT_SECONDS, host_of
from kesher.core.feeds.refusals import (
    DatabaseRefused,
    DatabaseUnknown,
    FolderMissing,
    NoFolders,
    NotASelect,
    NothingThere,
    OwnDatabase,
    SourceRefused,
    TooSlow,
)
from kesher.core.feeds.tables import EMPTY, LARGE, OWN, Question, Unread, is_readable, query_of
from kesher.core.feeds.tables import write_rows as ask
from kesher.core.importing.refusals import shown

PORT = 5432
SCHEMES = frozenset({"postgres", "postgresql"})
WITH_TLS = ("require", "verify-ca", "verify-full")
HIDDEN = "•••"


def checked_database(place: Mapping[str, str], secret: str) -> tuple[dict[str, str], str]:
    """Where it is as it may be shown, and the password; refuses what is never asked."""
    table, address = place.get("table", "").strip(), place.get("address", "").strip()
    if not is_readable(table):
        raise NotASelect
    if address.lower().startswith("sqlite:"):
        _file(address)
        return {"address": address, "table": table}, ""
    parts = _parts(address)
    host_of(str(parts.hostname), parts.port or PORT, {PORT})
    secret = secret or unquote(parts.password or "")
    user = f"{quote(unquote(parts.username or ''))}@" if parts.username else ""
    bare = parts._replace(netloc=user + parts.netloc.rpartition("@")[2])
    return {"address": bare.geturl(), "table": table}, secret


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        is_whole = parts.scheme in SCHEMES and parts.hostname and parts.port != 0
        is_plain = set(dict(parse_qsl(parts.query))) <= {"sslmode"} and not parts.fragment
    except ValueError:
        is_whole = is_plain = False
    if not (is_whole and is_plain and address.isprintable() and parts.path.strip("/")):
        raise DatabaseUnknown
    return parts


def _file(address: str) -> Path:
    """The file of an SQLite database, below an open folder, and not our own."""
    typed = address.partition(":")[2].removeprefix("//")
    known = roots()
    if not known:
        raise NoFolders
    try:
        path = Path(os.path.realpath(known[0] / typed))
        must_lie_below(path, typed)
        is_file = stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        is_file = False
    if not is_file:
        raise FolderMissing(folder=shown(typed, 80))
    own = settings.DATABASES["default"]
    if "sqlite" in own["ENGINE"] and Path(own["NAME"]).exists() and path.samefile(own["NAME"]):
        raise OwnDatabase
    return path


def read_table(place: Mapping[str, str], secret: str, out: Path) -> str:
    """Write the rows of a table to a file; returns its digest."""
    seconds = int(patience.get())
    where: dict[str, Any] = (
        {"file": str(_file(place["address"]))}
        if place["address"].lower().startswith("sqlite:")
        else {"login": _login(place["address"], secret, seconds)}
    )
    question = Question(query_of(place["table"]), fetching.MOST_BYTES, seconds, **where)
    try:
        ask(question, out)
    except subprocess.TimeoutExpired:
        raise TooSlow(seconds=seconds) from None
    except Unread as unread:
        raise _refusal(unread, secret) from None
    with out.open("rb") as file:
        held = hashlib.sha256()
        while piece := file.read(PIECE):
            held.update(piece)
    return held.hexdigest()


def _refusal(unread: Unread, secret: str) -> SourceRefused:
    if unread.fault == OWN:
        return OwnDatabase()
    if unread.fault == LARGE:
        return too_large()
    if unread.fault == EMPTY:
        return NothingThere()
    reason = unread.reason.replace(secret, HIDDEN) if secret else unread.reason
    return DatabaseRefused(reason=shown(reason, 200))


def _login(address: str, secret: str, seconds: int) -> dict[str, Any]:
    """What the driver is told: the address that was judged, nothing that leads elsewhere."""
    parts = _parts(address)
    host = host_of(str(parts.hostname), parts.port or PORT, {PORT})
    mode = dict(parse_qsl(parts.query)).get("sslmode", "prefer" if host.is_inside else "")
    if not host.is_inside and mode not in WITH_TLS:
        mode = "verify-full"
    return {
        "host": host.name, "hostaddr": host.addresses[0], "port": host.port,
        "user": unquote(parts.username or ""), "password": secret,
        "dbname": unquote(parts.path.strip("/")), "sslmode": mode,
        "sslrootcert": settings.KESHER_SOURCE_AUTHORITIES or _usual_roots(mode),
        "gssencmode": "disable",
        "connect_timeout": CONNECT_SECONDS, "application_name": "Kesher", "passfile": os.devnull,
        "options": f"-c default_transaction_read_only=on -c statement_timeout={seconds * 1000}",
    }  # fmt: skip


def _usual_roots(mode: str) -> str:
    return "system" if mode == "verify-full" else ""
