"""The ways of being a source: what is asked of whoever connects one, and how it is read."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from kesher.core.feeds.databases import checked_database, read_table
from kesher.core.feeds.fetching import fetch, parts_of, without_secrets
from kesher.core.feeds.folders import copy_of, files_of, folder_of, pattern_of
from kesher.core.feeds.mailboxes import Wanted, attachments, host_in
from kesher.core.feeds.models import Feed
from kesher.core.feeds.refusals import FileClimbs, TooLarge
from kesher.core.importing.keeping import new_file
from kesher.core.importing.refusals import shown
from kesher.core.sealing import unseal

SEALED = "source"
BEFORE = timedelta(days=30)  # mails that came so long before a source was connected are taken too
IsNew = Callable[[str], bool]


@dataclass(frozen=True)
class Brought:
    """A file that came, lying in our own keeping."""

    key: str
    name: str
    path: Path
    digest: str
    seen: Mapping[str, Any] = field(default_factory=dict)  # how far the source is read with it
    error: str = ""  # why it cannot be taken


class Way:
    """How a kind of source is checked and read."""

    delivers = False  # each file is a delivery, even one that repeats the last

    def checked(self, place: Mapping[str, str], secret: str) -> tuple[dict[str, str], str]:
        """What may be shown of where it is, and what is to be sealed; refuses what cannot be."""
        raise NotImplementedError

    def bring(self, feed: Feed, is_new: IsNew) -> Iterator[Brought]:
        """What is new there, the oldest first; `is_new` tells by a key what came before."""
        raise NotImplementedError


def secret_of(feed: Feed) -> str:
    """What is kept sealed of a source. It goes nowhere but to the source itself."""
    return unseal(feed.sealed, SEALED) if feed.sealed else ""


class Folder(Way):
    delivers = True

    def checked(self, place: Mapping[str, str], secret: str) -> tuple[dict[str, str], str]:
        folder = folder_of(place.get("folder", ""))
        pattern = pattern_of(place.get("pattern", ""))
        files_of(folder, pattern)
        return {"folder": str(folder), "pattern": pattern}, ""

    def bring(self, feed: Feed, is_new: IsNew) -> Iterator[Brought]:
        for found in files_of(folder_of(feed.place["folder"]), feed.place["pattern"]):
            if is_new(found.key):
                path = new_file()
                name, digest, error = shown(found.path.name, 120), None, ""
                try:
                    digest = copy_of(found, path)
                except (TooLarge, FileClimbs) as refusal:  # the others are none the worse for it
                    error = str(refusal)
                finally:
                    if digest is None:
                        path.unlink(missing_ok=True)
                if digest or error:
                    yield Brought(found.key, name, path, digest or "", error=error)


class Address(Way):
    def checked(self, place: Mapping[str, str], secret: str) -> tuple[dict[str, str], str]:
        address = place.get("address", "").strip()
        parts_of(address)
        return {"address": without_secrets(address)}, address

    def bring(self, feed: Feed, is_new: IsNew) -> Iterator[Brought]:
        path = new_file()
        try:
            fetched = fetch(secret_of(feed), path, feed.seen.get("marks", {}))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        if fetched is None:
            path.unlink(missing_ok=True)
            return
        seen = {"marks": fetched.marks}
        yield Brought(uuid.uuid4().hex, fetched.name, path, fetched.digest, seen)


class Mailbox(Way):
    delivers = True

    def checked(self, place: Mapping[str, str], secret: str) -> tuple[dict[str, str], str]:
        host_in(place.get("host", ""))
        kept = {name: place.get(name, "").strip() for name in ("host", "user", "folder", "sender")}
        kept["folder"] = kept["folder"] or "INBOX"
        kept["sender"] = kept["sender"].lower()
        return kept | {"pattern": pattern_of(place.get("pattern", ""))}, secret

    def bring(self, feed: Feed, is_new: IsNew) -> Iterator[Brought]:
        since = (feed.made_at - BEFORE).date()
        wanted = Wanted(password=secret_of(feed), since=since, **feed.place)
        for one in attachments(wanted, feed.seen):
            if not one.key:
                feed.seen = feed.seen | one.seen  # all that this mail brought is kept
            elif is_new(one.key):
                path = new_file()
                path.write_bytes(one.content)
                digest = hashlib.sha256(one.content).hexdigest()
                yield Brought(one.key, one.name, path, digest, error=one.error)


class Database(Way):
    def checked(self, place: Mapping[str, str], secret: str) -> tuple[dict[str, str], str]:
        return checked_database(place, secret)

    def bring(self, feed: Feed, is_new: IsNew) -> Iterator[Brought]:
        path = new_file()
        try:
            digest = read_table(feed.place, secret_of(feed), path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        yield Brought(uuid.uuid4().hex, f"{shown(feed.place['table'], 60)}.csv", path, digest)


WAYS: dict[str, Way] = {
    Feed.Way.FOLDER: Folder(), Feed.Way.ADDRESS: Address(), Feed.Way.MAILBOX: Mailbox(),
    Feed.Way.DATABASE: Database(),
}  # fmt: skip


def way_of(feed: Feed) -> Way:
    """How this source is read."""
    return WAYS[feed.way]
