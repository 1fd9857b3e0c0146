"""The full-text index behind `search`: FTS5 on SQLite, GIN on PostgreSQL, asked alike.

A query is a list of groups; every group must match, by any of its words. `word*` is a beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from kesher.core.access import OPEN, Actor
from kesher.core.guards import expect_trigger

Query = Sequence[Sequence[str]]

SQLITE_TABLES = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS core_search_words USING fts5(
        words, content='core_searchentry', content_rowid='id',
        tokenize="unicode61 remove_diacritics 0", prefix='1 2 3', detail='none')""",
    """CREATE VIRTUAL TABLE IF NOT EXISTS core_search_parts USING fts5(
        text, content='core_searchentry', content_rowid='id', tokenize='trigram')""",
)
_PUT = """INSERT INTO core_search_words(rowid, words) VALUES (new.id, new.words);
          INSERT INTO core_search_parts(rowid, text) VALUES (new.id, new.text);"""
_DROP = """INSERT INTO core_search_words(core_search_words, rowid, words)
             VALUES ('delete', old.id, old.words);
           INSERT INTO core_search_parts(core_search_parts, rowid, text)
             VALUES ('delete', old.id, old.text);"""
SQLITE_TRIGGERS = {
    "core_search_added": f"""CREATE TRIGGER IF NOT EXISTS core_search_added
        AFTER INSERT ON core_searchentry BEGIN {_PUT} END""",
    "core_search_dropped": f"""CREATE TRIGGER IF NOT EXISTS core_search_dropped
        AFTER DELETE ON core_searchentry BEGIN {_DROP} END""",
    "core_search_changed": f"""CREATE TRIGGER IF NOT EXISTS core_search_changed
        AFTER UPDATE OF words, text ON core_searchentry BEGIN {_DROP} {_PUT} END""",
}
for _name, _statement in SQLITE_TRIGGERS.items():
    expect_trigger(_name, _statement)
POSTGRES = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    """CREATE INDEX IF NOT EXISTS core_search_words ON core_searchentry
        USING gin (array_to_tsvector(string_to_array(words, ' ')))""",
    """CREATE INDEX IF NOT EXISTS core_search_parts ON core_searchentry
        USING gin (text gin_trgm_ops)""",
)


@dataclass(frozen=True)
class Fragment:
    """A part of a text, at least three characters, wherever it stands."""

    text: str


def matching(query: Query | Fragment, scope: Query, actor: Actor, limit: int) -> list[int]:
    """Numbers of the records that match, best weight first on ties of the database."""
    return [row[0] for row in _ask("e.record_id", query, scope, actor, limit)]


def texts(query: Query, scope: Query, actor: Actor, limit: int) -> dict[int, str]:
    """The searched text of records that match, for comparing by likeness."""
    return dict(_ask("e.record_id, e.text", query, scope, actor, limit))


def _ask(columns: str, query: Query | Fragment, scope: Query, actor: Actor, limit: int) -> list:
    build = _sqlite if connection.vendor == "sqlite" else _postgres
    where, values = build(query, scope)
    cleared, classes = _cleared(actor)
    sql = f"SELECT {columns} {where} {cleared} LIMIT %s"  # noqa: S608  columns are ours
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *classes, limit])
        return cursor.fetchall()


def _cleared(actor: Actor) -> tuple[str, list[str]]:
    if actor.is_system:
        return "", []
    classes = sorted({OPEN, *actor.clearances})
    return f"AND e.classification IN ({', '.join(['%s'] * len(classes))})", classes


def _sqlite(query: Query | Fragment, scope: Query) -> tuple[str, list[str]]:
    base = "FROM core_search_words w JOIN core_searchentry e ON e.id = w.rowid"
    if isinstance(query, Fragment):
        return (
            "FROM core_search_parts p JOIN core_searchentry e ON e.id = p.rowid "
            "WHERE core_search_parts MATCH %s "
            "AND e.id IN (SELECT rowid FROM core_search_words WHERE core_search_words MATCH %s)",
            [_fts_word(query.text), _fts(scope)],
        )
    return f"{base} WHERE core_search_words MATCH %s", [_fts([*query, *scope])]


def _fts(groups: Query) -> str:
    return " AND ".join(f"({' OR '.join(_fts_word(word) for word in group)})" for group in groups)


def _fts_word(word: str) -> str:
    bare = word.removesuffix("*").replace('"', "")
    return f'"{bare}"{"*" if word.endswith("*") else ""}'


def _postgres(query: Query | Fragment, scope: Query) -> tuple[str, list[str]]:
    base = "FROM core_searchentry e WHERE array_to_tsvector(string_to_array(e.words, ' ')) @@ %s::tsquery"
    if isinstance(query, Fragment):
        escaped = query.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"{base} AND e.text LIKE %s", [_tsquery(scope), f"%{escaped}%"]
    return base, [_tsquery([*query, *scope])]


def _tsquery(groups: Query) -> str:
    return " & ".join(f"({' | '.join(_ts_word(word) for word in group)})" for group in groups)


def _ts_word(word: str) -> str:
    bare = word.removesuffix("*").replace("\\", "").replace("'", "")
    return f"'{bare}'{':*' if word.endswith('*') else ''}"


def create(database) -> None:
    """Create what the index needs in a database; harmless where it is there already."""
    statements = [*SQLITE_TABLES, *SQLITE_TRIGGERS.values()]
    with database.cursor() as cursor:
        for statement in statements if database.vendor == "sqlite" else POSTGRES:
            cursor.execute(statement)
