"""What a file has said so far: kept on disk, so that a file of any size needs no more room.

It holds which line was about which record and what it gave, so that the same one twice in a file is
seen. An own temporary database, gone with the run; it never touches the one that people work on.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

TABLES = """
    PRAGMA synchronous=OFF;
    CREATE TABLE entry (id INTEGER PRIMARY KEY, said TEXT NOT NULL);
    CREATE TABLE key (key TEXT, entry INTEGER, PRIMARY KEY (key, entry)) WITHOUT ROWID;
    CREATE TABLE met (key BLOB PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
"""
COUNT = """INSERT INTO met VALUES (?, 1)
    ON CONFLICT (key) DO UPDATE SET times = times + 1 RETURNING times"""


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
        return self._db.execute(COUNT, (key,)).fetchone()[0]

    def remember(self, said: Any, keys: Iterable[str], entry: int | None = None) -> int:
        """Keep what was said of somebody under these keys, in place of what an entry held."""
        text = json.dumps(said, ensure_ascii=False)
        if entry is None:
            entry = self._db.execute("INSERT INTO entry (said) VALUES (?)", (text,)).lastrowid
        else:
            self._db.execute("UPDATE entry SET said = ? WHERE id = ?", (text, entry))
        self._db.executemany("INSERT OR IGNORE INTO key VALUES (?, ?)", ((k, entry) for k in keys))
        return int(entry or 0)

    def amend(self, entry: int, more: dict[str, Any], key: str) -> None:
        """Add to what was said under an entry, and a key to it."""
        row = self._db.execute("SELECT said FROM entry WHERE id = ?", (entry,)).fetchone()
        self.remember(json.loads(row[0]) | more, [key], entry)

    def recall(self, key: str) -> list[tuple[int, Any]]:
        """Everything said under this key, as (entry, what was said), in order."""
        rows = self._db.execute(
            "SELECT e.id, e.said FROM key k JOIN entry e ON e.id = k.entry WHERE k.key = ? "
            "ORDER BY e.id",
            (key,),
        )
        return [(entry, json.loads(said)) for entry, said in rows]
