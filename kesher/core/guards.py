"""Triggers that the tables need. Changing a column on SQLite rebuilds the table and drops them
without a word, so each is declared here, put back after every migration and missed at start."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Trigger:
    """A trigger and the statement that makes it, for one kind of database."""

    name: str
    create_sql: str
    vendor: str


EXPECTED_TRIGGERS: dict[tuple[str, str], Trigger] = {}


def expect_trigger(name: str, create_sql: str, *, vendor: str = "sqlite") -> None:
    """Declare a trigger without which Kesher must not serve."""
    EXPECTED_TRIGGERS[vendor, name] = Trigger(name, create_sql, vendor)


def ensure(connection: BaseDatabaseWrapper) -> list[str]:
    """Make the triggers that are missing or differ from their declaration; return their names."""
    made = []
    with connection.cursor() as cursor:
        for trigger in _lacking(connection):
            if connection.vendor == "sqlite":
                cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"')
            cursor.execute(trigger.create_sql)
            made.append(trigger.name)
    return made


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the declared triggers that the database lacks, or has otherwise than declared."""
    return [trigger.name for trigger in _lacking(connection)]


def _lacking(connection: BaseDatabaseWrapper) -> list[Trigger]:
    there = _existing(connection)
    return [
        trigger
        for (vendor, name), trigger in EXPECTED_TRIGGERS.items()
        if vendor == connection.vendor
        and (name not in there or there[name] not in ("", _plain(trigger.create_sql)))
    ]


def _existing(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Name and statement of each trigger; PostgreSQL keeps no statement to compare."""
    queries = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": """SELECT tgname, '' FROM pg_trigger
            WHERE NOT tgisinternal AND tgenabled <> 'D'""",
    }
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor])
        return {name: _plain(sql) for name, sql in cursor.fetchall()}


def _plain(sql: str) -> str:
    """The statement as SQLite keeps it, whatever its line breaks."""
    return re.sub(r"\s+", " ", sql.replace("IF NOT EXISTS ", "")).strip(" ;")
