"""What must be true of the database before anybody works with it, at start and in `check`."""

import sqlite3
from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.management.base import CommandError
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from kesher.config.environment import is_on
from kesher.config.sqlite import SAFE_SQLITE
from kesher.core import guards

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "mmap_size": 0}


def database_messages(connection: BaseDatabaseWrapper) -> list[CheckMessage]:
    """Everything wrong with the database. Not a registered check: those would stop `migrate`."""
    messages: list[CheckMessage] = []
    if connection.vendor == "sqlite":
        messages += sqlite_version_messages(sqlite3.sqlite_version_info)
        messages += _pragmas(connection)
    return [*messages, *_unmigrated(connection), *_triggers(connection)]


def refuse_unsound(*, tell: Callable[[str], object]) -> None:
    """Tell what is wrong with the settings and the database; raise when it is no mere warning."""
    refusal = settings.ADDRESS.refusal()
    if refusal:
        raise CommandError(refusal)
    found = database_messages(connection)
    for message in found:
        tell(str(message))
    if any(message.is_serious() for message in found):
        raise CommandError("Kesher does not start until this is mended.")


def sqlite_version_messages(version: tuple[int, ...]) -> Iterator[CheckMessage]:
    """An old SQLite can corrupt the file under several writers, so nobody works on it unawares."""
    if version >= SAFE_SQLITE:
        return
    needed, found = (".".join(map(str, v)) for v in (SAFE_SQLITE, version))
    kind = Warning if is_on("KESHER_ACCEPT_OLD_SQLITE") else Error
    yield kind(
        f"SQLite {found} is in use; before {needed} it can corrupt a database in WAL mode.",
        hint="Install the pysqlite3 package, or use PostgreSQL through DATABASE_URL. "
        "KESHER_ACCEPT_OLD_SQLITE=1 starts all the same.",
        id="kesher.E001",
    )


def _pragmas(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    if connection.settings_dict["OPTIONS"].get("transaction_mode") != "IMMEDIATE":
        yield Error("SQLite transactions must begin IMMEDIATE, or writers lock each other out.",
                    id="kesher.E002")  # fmt: skip
    with connection.cursor() as cursor:
        for name, wanted in PRAGMAS.items():
            found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
            if found != wanted:
                yield Error(
                    f"SQLite has {name}={found}; Kesher needs {name}={wanted}.",
                    hint="Remove what changes it, and see that the file system supports WAL.",
                    id="kesher.E003",
                )


def _unmigrated(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield Error(
            f"{len(plan)} migrations have not been applied to the database.",
            hint="Run: kesher migrate",
            id="kesher.E004",
        )


def _triggers(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    for name in guards.missing(connection):
        yield Error(
            f"The trigger {name} is missing, or is not as declared.",
            hint="Run: kesher migrate",
            id="kesher.E005",
        )
