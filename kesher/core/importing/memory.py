"""What a file has said so far: kept on disk, so that a file of any size needs no more room.

It holds which line was about which record and what it gave, so that the same one twice in a file is
seen. An own temporary database, gone with the run; it never touches the one that people work on.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

TABLES = """
    PRAGMA synchronous=OFF;
    CREATE TABLE entry (id INTEGER PRIMARY KEY, said TEXT NOT NULL, pk INTEGER);
    CREATE TABLE key (key TEXT, entry INTEGER, PRIMARY KEY (key, entry)) WITHOUT ROWID;
    CREATE TABLE met (key BLOB PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
"""
COUNT = """INSERT INTO met VALUES (?, ?)
    ON CONFLICT (key) DO UPDATE SET times = times + excluded.times"""
AT_ONCE = 500
ENCODE = json.JSONEncoder(ensure_ascii=False).encode


class Memory:
    """What the lines of one file have said so far."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # an unnamed file that only we open
        self._db.executescript(TABLES)

    def close(self) -> None:
        self._db.close()

    def begin(self) -> None:
        """From here on `forget` takes everything back."""
        self._db.execute("BEGIN")

    def keep(self) -> None:
        self._db.execute("COMMIT")

    def forget(self) -> None:
        self._db.execute("ROLLBACK")

    def met(self, key: bytes) -> int:
        """How often this has been met, with this time."""
        return self.turns([key])[0]

    def turns(self, keys: Sequence[bytes]) -> list[int]:
        """For each of these in turn, how often it has been met, with this time."""
        here = Counter(keys)
        times: dict[bytes, int] = {}
        some = iter(here)
        while part := list(islice(some, AT_ONCE)):
            marks = ", ".join("?" * len(part))
            asked = f"SELECT key, times FROM met WHERE key IN ({marks})"  # noqa: S608
            times.update(self._db.execute(asked, part))
        self._db.executemany(COUNT, here.items())
        turns = []
        for key in keys:
            times[key] = turn = times.get(key, 0) + 1
            turns.append(turn)
        return turns

    def names_of(self, said: Sequence[Sequence[Any]]) -> list[str]:
        """A name for each line that has none of its own: what it says, and its turn among equals.

        So two equal lines of a file are two records, and the same file again is none.
        """
        digests = [
            hashlib.sha256("\x1f".join(map(str, one)).encode("utf-8", "replace")).digest()
            for one in said
        ]
        turns = self.turns(digests)
        return [f"{key.hex()[:48]}-{turn}" for key, turn in zip(digests, turns, strict=True)]

    def remember(self, said: Any, keys: Iterable[str], entry: int | None = None) -> int:
        """Keep what was said of somebody under these keys, in place of what an entry held."""
        text = ENCODE(said)
        if entry is None:
            entry = self._db.execute("INSERT INTO entry (said) VALUES (?)", (text,)).lastrowid
        else:
            self._db.execute("UPDATE entry SET said = ? WHERE id = ?", (text, entry))
        self._db.executemany("INSERT OR IGNORE INTO key VALUES (?, ?)", ((k, entry) for k in keys))
        return int(entry or 0)

    def became(self, records: Iterable[tuple[int, int]]) -> None:
        """Which record an entry has become, as pairs of entry and number: a key from now on."""
        pairs = list(records)
        self._db.executemany("UPDATE entry SET pk = ?2 WHERE id = ?1", pairs)
        self._db.executemany("INSERT INTO key VALUES ('pk:' || ?2, ?1)", pairs)

    def recall(self, key: str) -> list[tuple[int, Any]]:
        """Everything said under this key, as (entry, what was said), in order."""
        rows = self._db.execute(
            "SELECT e.id, e.said, e.pk FROM key k JOIN entry e ON e.id = k.entry WHERE k.key = ? "
            "ORDER BY e.id",
            (key,),
        ).fetchall()
        return [(entry, json.loads(said) | ({"pk": pk} if pk else {})) for entry, said, pk in rows]
