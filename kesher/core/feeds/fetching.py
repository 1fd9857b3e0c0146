"""A small client for files of the web: public hosts only, bounded in time and size.

Every address on the way is judged anew, also those that an answer leads to. The body goes straight
to disk; nothing but a piece of it is ever in memory.
"""

from __future__ import annotations

import hashlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from kesher.core.feeds.hosts import CONNECT_SECONDS, Host, connect, host_of, secured
from kesher.core.feeds.refusals import (
    AddressRefused,
    CutShort,
    HostSilent,
    NamesInAddress,
    NotGiven,
    Packed,
    TooLarge,
    TooManyTurns,
    TooSlow,
)
from kesher.core.importing.refusals import shown

PORTS = {"http": 80, "https": 443}
MOST_TURNS = 5
patience: ContextVar[float] = ContextVar("patience", default=300)  # seconds for one source
MOST_BYTES = 120 * 1024 * 1024
LONGEST_ADDRESS = 2000
PIECE = 64 * 1024
LEFT = "/?%:@!$&'()*+,;=~-._"  # characters that an address may hold as they are
LEADS_ON = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Fetched:
    """What an address gave: a name, what tells it from the next, and marks to ask again by."""

    name: str
    digest: str
    marks: dict[str, str]


def fetch(address: str, out: Path, marks: dict[str, str]) -> Fetched | None:
    """Write what lies at an address to a file; nothing when it is as the marks say."""
    with within(patience.get()) as limit:
        is_secure = False
        for _turn in range(MOST_TURNS + 1):
            parts = parts_of(address)
            if is_secure and parts.scheme != "https":  # what was meant to be secret stays so
                raise AddressRefused(address=shown(without_secrets(address)))
            is_secure = parts.scheme == "https"
            leads_to = _asked(parts, out, marks, limit)
            if not isinstance(leads_to, str):
                return leads_to
            address = urljoin(address, leads_to)
    raise TooManyTurns


def parts_of(address: str) -> SplitResult:
    """An address in its parts, if it is one that can be fetched at all."""
    try:
        parts = urlsplit(address)
        is_whole = parts.scheme in PORTS and parts.hostname and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or len(address) > LONGEST_ADDRESS or not address.isprintable():
        raise AddressRefused(address=shown(address.partition("?")[0]))
    if "@" in parts.netloc:
        raise NamesInAddress
    return parts


def without_secrets(address: str) -> str:
    """An address as it may be shown: what stands behind the question mark is often a key."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" + ("?…" if parts.query else "")


# ---- time


class Limit:
    """A moment at which every connection that is open under it is cut."""

    def __init__(self, seconds: float):
        self.seconds, self.ends = seconds, time.monotonic() + seconds
        self.is_over = False
        self.held: list[socket.socket] = []
        self.timer = threading.Timer(seconds, self._cut)
        self.timer.daemon = True
        self.timer.start()

    def hold(self, raw: socket.socket) -> None:
        """Have this connection cut in time, however slowly the other side goes on talking."""
        self.held.append(raw.dup())
        if self.is_over:
            self._cut()

    def _cut(self) -> None:
        self.is_over = True
        for one in self.held:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.timer.cancel()
        for one in self.held:
            one.close()


@contextmanager
def within(seconds: float) -> Iterator[Limit]:
    """Cut what takes longer; what breaks off by that says so."""
    limit = Limit(seconds)
    try:
        yield limit
        if limit.is_over:
            raise TooSlow(seconds=round(seconds))
    except Exception as error:
        if limit.is_over and not isinstance(error, TooSlow):
            raise TooSlow(seconds=round(seconds)) from error
        raise
    finally:
        limit.close()


# ---- one request


class _Connection(http.client.HTTPConnection):
    """A connection that is made already."""

    def __init__(self, host: Host, sock: socket.socket, usual_port: int):
        super().__init__(host.name, host.port, timeout=CONNECT_SECONDS)
        self.default_port = usual_port
        self.sock = sock

    def connect(self) -> None:
        raise http.client.NotConnected  # never once more: the name might mean another host by now


def _asked(
    parts: SplitResult, out: Path, marks: dict[str, str], limit: Limit
) -> Fetched | str | None:
    """What one address answers: a file, nothing new, or another address."""
    usual = PORTS[parts.scheme]
    host = host_of(str(parts.hostname), parts.port or usual, {usual})
    sock = connect(host)
    limit.hold(sock)
    if parts.scheme == "https":
        sock = secured(sock, host)
    connection = _Connection(host, sock, usual)
    try:
        asked = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", quote(asked, safe=LEFT), headers=_headers(marks))
        answer = connection.getresponse()
        if answer.status == 304:
            return None
        if answer.status in LEADS_ON and answer.headers["Location"]:
            return str(answer.headers["Location"])
        if answer.status != 200:
            raise NotGiven(host=host.name, status=answer.status)
        return _kept(parts, answer, out)
    except (OSError, http.client.HTTPException, UnicodeError):
        raise HostSilent(host=host.name) from None
    finally:
        connection.close()


def _headers(marks: dict[str, str]) -> dict[str, str]:
    asked = {"User-Agent": "Kesher", "Accept": "*/*", "Accept-Encoding": "identity"}
    return asked | {"Connection": "close"} | marks


def _kept(parts: SplitResult, answer: http.client.HTTPResponse, out: Path) -> Fetched:
    """Write the body to disk, as long as it is not too much."""
    if answer.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
        raise Packed
    if (answer.length or 0) > MOST_BYTES:
        raise too_large()
    held, size = hashlib.sha256(), 0
    with out.open("wb") as file:
        while piece := answer.read(PIECE):
            size += len(piece)
            if size > MOST_BYTES:
                raise too_large()
            held.update(piece)
            file.write(piece)
    if answer.length:  # so much was promised and did not come
        raise CutShort
    given = {"If-None-Match": answer.headers["ETag"],
             "If-Modified-Since": answer.headers["Last-Modified"]}  # fmt: skip
    marks = {name: value for name, value in given.items() if value and _is_mark(value)}
    name = unquote(parts.path).rstrip("/").rpartition("/")[2] or str(parts.hostname)
    return Fetched(shown(name, 120), held.hexdigest(), marks)


def _is_mark(value: str) -> bool:
    """What is said back to the host must not break the line it stands in."""
    return value.isascii() and value.isprintable() and len(value) < 300


def too_large() -> TooLarge:
    """The refusal of more than fits."""
    return TooLarge(most=MOST_BYTES // 1024 // 1024)
