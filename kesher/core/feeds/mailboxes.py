"""Attachments of a mailbox, over TLS. The mailbox is only looked at: nothing is marked as read.

How far it was read is told by the numbers that the server gives to mails, not by what is unread:
people read mails too. Should the server number anew, what came before is known by its Message-ID.
"""

from __future__ import annotations

import base64
import binascii
import email
import hashlib
import imaplib
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from fnmatch import fnmatchcase
from typing import Any

from kesher.core.feeds.fetching import Limit, patience, within
from kesher.core.feeds.hosts import ANSWER_SECONDS, Host, connect, host_of, secured
from kesher.core.feeds.refusals import (
    HostSilent,
    MailboxMissing,
    MailboxStrange,
    MailTooLarge,
    SignInRefused,
)
from kesher.core.importing.refusals import shown

PORT = 993
MOST_MAIL = 48 * 1024 * 1024
MOST_MAILS = 500  # looked at in one round
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
UID = re.compile(rb"UID (\d+)")
HEADERS = "(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM MESSAGE-ID DATE SUBJECT)])"


@dataclass(frozen=True)
class Wanted:
    """Which mailbox, and which attachments of which mails."""

    host: str
    user: str
    password: str
    folder: str
    sender: str
    pattern: str
    since: date  # mails before it are no news


@dataclass(frozen=True)
class Attached:
    """A file that came by mail; without a name it only says how far the mailbox was read."""

    key: str
    name: str
    content: bytes
    seen: dict[str, int]
    error: str = ""


def host_in(typed: str) -> Host:
    """The server, with its port where it is not the usual one."""
    name, colon, port = typed.strip().rpartition(":")
    if not colon or (":" in name and not name.endswith("]")):
        name, port = typed.strip(), str(PORT)
    number = int(port) if port.isascii() and port.isdecimal() and len(port) < 6 else 0
    return host_of(name, number, {PORT})


def attachments(wanted: Wanted, seen: dict[str, Any]) -> Iterator[Attached]:
    """The attachments that are meant, of mails that came since; the oldest first."""
    with within(patience.get()) as limit, _signed_in(wanted, limit) as mailbox:
        validity = _opened(mailbox, wanted.folder)
        last = seen.get("uid", 0) if seen.get("validity") == validity else 0
        for uid in _since(mailbox, last, wanted.since)[:MOST_MAILS]:
            mark = {"validity": validity, "uid": uid}
            yield from _of_mail(mailbox, wanted, uid)
            yield Attached("", "", b"", mark)


class _Mailbox(imaplib.IMAP4):
    """The client of the standard library, on a connection to a host that was judged."""

    def __init__(self, host: Host, limit: Limit):
        self.host_judged, self.limit = host, limit
        super().__init__(host.name, host.port, ANSWER_SECONDS)

    def _create_socket(self, _timeout: float | None) -> socket.socket:
        raw = connect(self.host_judged)
        self.limit.hold(raw)
        return secured(raw, self.host_judged)

    def read(self, size: int) -> bytes:
        """What the server announces; it may announce anything."""
        if size > MOST_MAIL:
            raise self.abort("too large")
        return super().read(size)


@contextmanager
def _signed_in(wanted: Wanted, limit: Limit) -> Iterator[_Mailbox]:
    host = host_in(wanted.host)
    try:
        mailbox = _Mailbox(host, limit)
        try:
            _sign_in(mailbox, wanted, host)
            yield mailbox
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                mailbox.logout()
    except (imaplib.IMAP4.abort, OSError):
        raise HostSilent(host=host.name) from None
    except (imaplib.IMAP4.error, ValueError, LookupError, TypeError, AttributeError):
        raise MailboxStrange(host=host.name) from None


def _sign_in(mailbox: _Mailbox, wanted: Wanted, host: Host) -> None:
    try:
        if "AUTH=PLAIN" in mailbox.capabilities:
            said = f"\0{wanted.user}\0{wanted.password}".encode()
            mailbox.authenticate("PLAIN", lambda _challenge: said)
        else:
            mailbox.login(_quoted(wanted.user), wanted.password)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, UnicodeError):
        raise SignInRefused(host=host.name) from None


def _opened(mailbox: _Mailbox, folder: str) -> int:
    """Look into a folder without changing anything; returns what its numbers hold for."""
    answer, _count = mailbox.select(_quoted(_in_seven_bits(folder)), readonly=True)
    if answer != "OK":
        raise MailboxMissing(folder=shown(folder))
    _name, said = mailbox.response("UIDVALIDITY")
    return int(said[0] or 0) if said else 0


def _since(mailbox: _Mailbox, last: int, since: date) -> list[int]:
    if last:
        _answer, found = mailbox.uid("SEARCH", f"UID {last + 1}:*")
    else:
        day = f"{since.day}-{MONTHS[since.month - 1]}-{since.year}"
        _answer, found = mailbox.uid("SEARCH", "SINCE", day)
    numbers = {int(one) for part in found if part for one in part.split()}
    # “8:*” means the last mail even when its number is 7.
    return sorted(number for number in numbers if number > last)


def _of_mail(mailbox: _Mailbox, wanted: Wanted, uid: int) -> Iterator[Attached]:
    head, headers = _fetched(mailbox, uid, HEADERS)
    about = email.message_from_bytes(headers)
    if not _is_from(about, wanted.sender):
        return
    size = SIZE.search(head)
    number = str(about["Message-ID"] or hashlib.sha256(headers).hexdigest()).strip()
    if size and int(size[1]) > MOST_MAIL:
        subject = shown(_text(about["Subject"]))
        words = str(MailTooLarge(subject=subject, most=MOST_MAIL // 1024 // 1024))
        yield Attached(number, subject, b"", {}, words)
        return
    _head, whole = _fetched(mailbox, uid, "(UID BODY.PEEK[])")
    for at, (name, content) in enumerate(_files(email.message_from_bytes(whole), wanted.pattern)):
        digest = hashlib.sha256(content).hexdigest()
        yield Attached(f"{number}\n{at}\n{digest}", shown(name, 120), content, {})


def _fetched(mailbox: _Mailbox, uid: int, what: str) -> tuple[bytes, bytes]:
    """The line and the text that answer for one mail; others may be spoken of in between."""
    _answer, parts = mailbox.uid("FETCH", str(uid), what)
    for part in parts:
        if isinstance(part, tuple):
            told = UID.search(part[0])
            if told is None or int(told[1]) == uid:
                return part[0], part[1]
    return b"", b""  # deleted meanwhile


def _is_from(about: Message, sender: str) -> bool:
    if not sender:
        return bool(about.keys())
    address = parseaddr(_text(about["From"]))[1].lower()
    return address.endswith(sender) if sender.startswith("@") else address == sender


def _files(message: Message, pattern: str) -> Iterator[tuple[str, bytes]]:
    for part in message.walk():
        name = _text(part.get_filename())
        if name and not part.is_multipart() and fnmatchcase(name.lower(), pattern.lower()):
            content: Any = part.get_payload(decode=True)
            if content:
                yield name, content


def _text(value: Any) -> str:
    """A header in clear, however it was wrapped."""
    try:
        return str(make_header(decode_header(str(value or "")))).strip()
    except (ValueError, LookupError, binascii.Error):
        return str(value or "").strip()


def _quoted(text: str) -> str:
    if not text.isprintable():
        raise ValueError("no such name")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _in_seven_bits(name: str) -> str:
    """A folder's name as mail servers have it: letters beyond ASCII in a Base64 of their own."""
    runs = re.split(r"([^\x20-\x7e]+)", name.replace("&", "&-"))
    return "".join(_run(run) if run and not run.isascii() else run for run in runs)


def _run(run: str) -> str:
    coded = base64.b64encode(run.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
    return f"&{coded}-"
