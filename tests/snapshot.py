"""What was written into a database, put back in a moment: thousands of tests begin with one cast."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, transaction

from kesher.core.search_index import learn


class Snapshot:
    """The rows that came since it was begun."""

    def __init__(self) -> None:
        self._before = {table: set(_rows(table, columns)) for table, columns in _tables()}
        self._came: list[tuple[str, list[str], list[str]]] = []

    def take(self) -> None:
        """Keep what is there now and was not then."""
        for table, columns in _tables():
            came = [row for row in _rows(table, columns) if row not in self._before[table]]
            if came:
                self._came.append((table, columns, came))
        with connection.cursor() as cursor:
            cursor.execute("SELECT word FROM core_search_vocabulary")
            self._words = [row[0] for row in cursor.fetchall()]

    @transaction.atomic
    def put_back(self) -> None:
        """Write it again, with the numbers it had."""
        with connection.cursor() as cursor:
            for table, columns, rows in self._came:
                target = f"{table} ({', '.join(columns)})"
                if connection.vendor == "sqlite":
                    cursor.execute(f"INSERT INTO {target} VALUES {', '.join(rows)}")
                    continue
                with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                    copy.write("".join(rows))
        learn(self._words)  # some may have stayed: no model empties that table


def _tables() -> Iterator[tuple[str, list[str]]]:
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.managed and not meta.proxy:
            written = [f for f in meta.local_concrete_fields if not f.generated]
            yield f'"{meta.db_table}"', [f'"{field.column}"' for field in written]


def _rows(table: str, columns: list[str]) -> list[str]:
    """Each row as the database itself writes and reads it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            quoted = " || ', ' || ".join(f"quote({column})" for column in columns)
            cursor.execute(f"SELECT '(' || {quoted} || ')' FROM {table}")
            return [row[0] for row in cursor.fetchall()]
        with cursor.copy(f"COPY (SELECT {', '.join(columns)} FROM {table}) TO STDOUT") as copy:
            return b"".join(copy).decode().splitlines(keepends=True)
