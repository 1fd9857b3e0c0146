"""A table of another database as a file of rows, read by a process of its own.

That process opens what Kesher itself never opens: another SQLite file, or a server that may send
rows of any size. It may use so much memory, time and disk and no more; what it is asked, the
password with it, comes by a pipe and stands in no list of processes.

    python -m kesher.core.feeds.tables OUT < QUESTION
"""

from __future__ import annotations

import csv
import json
import re
import resource
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from kesher.core.importing.rows import unmistakable

MOST_MEMORY = 1400 * 1024 * 1024
SELECT = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
TABLE = re.compile(r"[\w$ -]{1,120}(\.[\w$ -]{1,120})?")
LONGEST_REASON = 200
AT_ONCE = 500
OURS = "core_importrun"  # a table that only a Kesher has
OWN, REFUSED, LARGE, EMPTY = "own", "refused", "large", "empty"


class Unread(Exception):
    """A table that could not be read: in a word, and in the words of the database."""

    def __init__(self, fault: str, reason: str = ""):
        super().__init__(fault)
        self.fault, self.reason = fault, reason


@dataclass(frozen=True)
class Question:
    """What is asked of which database: `login` for PostgreSQL, else `file` of SQLite."""

    query: str
    most_bytes: int
    seconds: int
    login: dict[str, Any] | None = None
    file: str = ""


def is_readable(text: str) -> bool:
    """Whether this is the name of a table, or one single SELECT."""
    bare = text.strip().rstrip(";")
    return ";" not in bare and "\x00" not in bare and bool(SELECT.match(bare) or _is_table(bare))


def _is_table(text: str) -> bool:
    return bool(TABLE.fullmatch(text))


def query_of(text: str) -> str:
    """The SELECT that reads it."""
    bare = text.strip().rstrip(";")
    if SELECT.match(bare):
        return bare
    table = ".".join(f'"{part}"' for part in bare.split("."))
    return f"SELECT * FROM {table}"  # noqa: S608 - letters, figures and blanks alone


def write_rows(question: Question, out: Path) -> None:
    """Write what a query gives as CSV; raises Unread, or TimeoutExpired."""
    asked = [sys.executable, "-m", __spec__.name, str(out)]
    done = subprocess.run(
        asked, input=json.dumps(question.__dict__), capture_output=True, text=True,
        timeout=question.seconds, close_fds=False,
    )  # fmt: skip
    if done.returncode:
        raise Unread(LARGE)
    said = json.loads(done.stdout)
    if said["fault"]:
        raise Unread(said["fault"], said["reason"])


# ---- in the process that reads


def main(out: str) -> int:
    """Answer one question; what was wrong is printed as JSON."""
    question = Question(**json.loads(sys.stdin.read()))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (question.seconds, question.seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fault = reason = ""
    try:
        rows = _of_server(question) if question.login else _of_file(question)
        _write(rows, Path(out), question.most_bytes)
    except Unread as unread:
        fault, reason = unread.fault, unread.reason
    except MemoryError:
        fault = LARGE
    sys.stdout.write(json.dumps({"fault": fault, "reason": reason[:LONGEST_REASON]}))
    return 0


def _write(rows: Iterable[Sequence[Any]], out: Path, most: int) -> None:
    count = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            writer.writerow([_cell(value) for value in row])
            count += 1
            if count % AT_ONCE == 0 and file.tell() > most:
                raise Unread(LARGE)
        if file.tell() > most:
            raise Unread(LARGE)
    if count < 2:
        raise Unread(EMPTY)


def _cell(value: Any) -> str:
    if value is None or isinstance(value, (bytes, memoryview)):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (float, Decimal)):
        return unmistakable(str(value))
    if isinstance(value, (datetime, date, time)):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return str(value).replace("\x00", "")


def _of_server(question: Question) -> Iterator[Sequence[Any]]:
    import psycopg  # noqa: PLC0415 - only here

    try:
        with psycopg.connect(**(question.login or {})) as connection:
            connection.read_only = True
            (is_own,) = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [OURS]).fetchone()
            if is_own:
                raise Unread(OWN)
            with connection.cursor(name="rows") as cursor:
                cursor.itersize = AT_ONCE
                cursor.execute(question.query)
                yield [column.name for column in cursor.description or ()]
                yield from cursor
    except psycopg.Error as error:
        said = error.diag.message_primary or str(error).strip().splitlines()[-1]
        raise Unread(REFUSED, said) from None


def _of_file(question: Question) -> Iterator[Sequence[Any]]:
    import sqlite3  # noqa: PLC0415 - that of the library, in this process alone

    allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}

    def judge(action: int, _first: Any, second: Any, *_more: Any) -> int:
        is_function = action == sqlite3.SQLITE_FUNCTION and second != "load_extension"
        return sqlite3.SQLITE_OK if action in allowed or is_function else sqlite3.SQLITE_DENY

    try:
        connection = sqlite3.connect(f"{Path(question.file).as_uri()}?mode=ro", uri=True)
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        own = "SELECT 1 FROM sqlite_master WHERE name = ?"
        if connection.execute(own, [OURS]).fetchone():
            raise Unread(OWN)
        connection.set_authorizer(judge)
        cursor = connection.execute(question.query)
        yield [column[0] for column in cursor.description or ()]
        yield from cursor
        connection.close()
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        raise Unread(REFUSED, str(error)) from None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
