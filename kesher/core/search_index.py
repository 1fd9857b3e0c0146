"""The full-text index behind `search`: FTS5 on SQLite, GIN on PostgreSQL, asked alike.

A query is a list of groups; every group must match, by any of its words. `word*` is a beginning.
Beside it stands the vocabulary: every word of an open text once, to put a typing error right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from kesher.core.access import OPEN
from kesher.core.guards import expect_trigger
from kesher.core.models import SearchEntry

Query = Sequence[Sequence[str]]
SIMILAR = 6  # corrections of one word that are tried
NEIGHBOURS = 4000  # words of the vocabulary that one word is compared with

SQLITE_TABLES = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS core_search USING fts5(
        words, content='core_searchentry', content_rowid='id',
        tokenize="ascii tokenchars '_'", detail='none', columnsize=0)""",
    """CREATE TABLE IF NOT EXISTS core_search_vocabulary(
        word TEXT PRIMARY KEY, backwards TEXT NOT NULL) WITHOUT ROWID""",
    """CREATE INDEX IF NOT EXISTS core_search_backwards
        ON core_search_vocabulary (backwards)""",
)
_PUT = "INSERT INTO core_search(rowid, words) VALUES (new.id, new.words);"
_DROP = "INSERT INTO core_search(core_search, rowid, words) VALUES ('delete', old.id, old.words);"
SQLITE_TRIGGERS = {
    "core_search_added": f"""CREATE TRIGGER core_search_added
        AFTER INSERT ON core_searchentry BEGIN {_PUT} END""",
    "core_search_dropped": f"""CREATE TRIGGER core_search_dropped
        AFTER DELETE ON core_searchentry BEGIN {_DROP} END""",
    "core_search_changed": f"""CREATE TRIGGER core_search_changed
        AFTER UPDATE OF words ON core_searchentry BEGIN {_DROP} {_PUT} END""",
}
# The planner would rather walk the whole table backwards than sort what the index gives, and takes
# seconds where nothing matches; a function may forbid it that.
POSTGRES_TABLES = (
    """ALTER TABLE core_searchentry ADD COLUMN IF NOT EXISTS found_by tsvector
        GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED""",
    """CREATE INDEX IF NOT EXISTS core_search ON core_searchentry
        USING gin (found_by) WITH (fastupdate = off)""",
    """CREATE OR REPLACE FUNCTION core_search_matching(asked tsquery, most integer)
        RETURNS SETOF bigint LANGUAGE sql STABLE
        SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off
        AS 'SELECT id FROM core_searchentry WHERE found_by @@ asked LIMIT most'""",
    """CREATE OR REPLACE FUNCTION core_search_latest(asked tsquery, among integer, most integer)
        RETURNS SETOF bigint LANGUAGE sql STABLE AS
        'SELECT id FROM (SELECT id, found_by FROM core_searchentry ORDER BY id DESC LIMIT among) e
         WHERE found_by @@ asked LIMIT most'""",
    """CREATE TABLE IF NOT EXISTS core_search_vocabulary(
        word text COLLATE "C" PRIMARY KEY, backwards text COLLATE "C" NOT NULL)""",
    """CREATE INDEX IF NOT EXISTS core_search_backwards
        ON core_search_vocabulary (backwards)""",
)
SQLITE = "SELECT rowid FROM core_search WHERE core_search MATCH %s ORDER BY rowid DESC LIMIT %s"
POSTGRES = """SELECT id FROM core_search_matching(%s::tsquery, 2000) AS m(id)
    ORDER BY id DESC LIMIT %s"""
ENTRIES = "SELECT kind, record_id, classification, scope, text, weight FROM core_searchentry"
LATEST = "SELECT id FROM core_search_latest(%s::tsquery, 4000, %s) AS m(id) ORDER BY id DESC"
SQLITE_RECORDS = "SELECT e.record_id FROM core_search s JOIN core_searchentry e ON e.id = s.rowid"
POSTGRES_RECORDS = """SELECT e.record_id FROM core_searchentry e
    WHERE array_to_tsvector(string_to_array(e.words, ' ')) @@ %s::tsquery"""
for _name, _statement in SQLITE_TRIGGERS.items():
    expect_trigger(_name, _statement)


class Match(NamedTuple):
    """One entry of the index: whose it is, who may know, and the folded text it was made of."""

    kind: str
    record_id: int
    classification: str
    scope: str
    text: str
    weight: int


def newest(query: Query, limit: int) -> list[int]:
    """Numbers of the entries that match, whosoever they are; the newest first."""
    if connection.vendor == "sqlite":
        return _numbers(SQLITE, _fts(query), limit)
    match = _tsquery(query)
    if all(_is_frequent(word) for group in query for word in group):
        latest = _numbers(LATEST, match, limit)
        if len(latest) == limit:
            return latest
    return _numbers(POSTGRES, match, limit)


@contextmanager
def filling() -> Iterator[None]:
    """Many entries are about to come: PostgreSQL gathers them, and sorts them in from time to time.

    Meanwhile a search looks through the few megabytes that are not sorted in yet.
    """
    if connection.vendor != "postgresql":
        yield
        return
    _gather("on")
    try:
        yield
    finally:
        _gather("off")


def _gather(state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER INDEX core_search SET (fastupdate = {state})")
        if state == "off":
            cursor.execute("SELECT gin_clean_pending_list('core_search')")


def _numbers(sql: str, match: str, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [match, limit])
        return [row[0] for row in cursor.fetchall()]


def _is_frequent(word: str) -> bool:
    """A letter or two begin so many words that the latest entries hold enough of them."""
    return word.startswith(("_1", "_2", "_h"))


def entries(numbers: Sequence[int]) -> list[Match]:
    """These entries, the newest first."""
    if not numbers:
        return []
    listed = ", ".join(str(int(number)) for number in numbers)
    sql = f"{ENTRIES} WHERE id IN ({listed}) ORDER BY id DESC"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [Match(*row) for row in cursor.fetchall()]


def words_of(kind: str, record_ids: Sequence[int]) -> dict[int, set[str]]:
    """What the open entries of these records are found by."""
    rows = SearchEntry.objects.filter(kind=kind, record_id__in=record_ids, classification=OPEN)
    return {pk: set(words.split()) for pk, words in rows.values_list("record_id", "words")}


def records_of(query: Query, part: str = "") -> tuple[str, list[str]]:
    """What brings the numbers of all records that match, to stand inside another statement."""
    if connection.vendor == "sqlite":
        sql, values = f"{SQLITE_RECORDS} WHERE core_search MATCH %s", [_fts(query)]
        held = "instr(e.text, %s) > 0"
    else:
        sql, values = POSTGRES_RECORDS, [_tsquery(query)]
        held = "strpos(e.text, %s) > 0"
    return (f"{sql} AND {held}", [*values, part]) if part else (sql, values)


def _fts(query: Query) -> str:
    groups = (f"({' OR '.join(_fts_word(word) for word in group)})" for group in query)
    return " AND ".join(groups)


def _fts_word(word: str) -> str:
    return f'"{word[:-1]}"*' if word.endswith("*") else f'"{word}"'


def _tsquery(query: Query) -> str:
    groups = (f"({' | '.join(_ts_word(word) for word in group)})" for group in query)
    return " & ".join(groups)


def _ts_word(word: str) -> str:
    return f"'{word[:-1]}':*" if word.endswith("*") else f"'{word}'"


def learn(words: Iterable[str]) -> None:
    """Put words into the vocabulary that are not in it."""
    ordered = sorted(set(words))  # in one order, or two writers wait for each other for ever
    with connection.cursor() as cursor:
        for at in range(0, len(ordered), 400):
            some = ordered[at : at + 400]
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(
                f"SELECT word FROM core_search_vocabulary WHERE word IN ({marks})",  # noqa: S608
                some,
            )
            known = {row[0] for row in cursor.fetchall()}
            fresh = [(word, word[::-1]) for word in some if word not in known]
            if fresh:
                places = ", ".join(["(%s, %s)"] * len(fresh))
                cursor.execute(
                    "INSERT INTO core_search_vocabulary (word, backwards) "  # noqa: S608
                    f"VALUES {places} ON CONFLICT DO NOTHING",
                    [value for pair in fresh for value in pair],
                )


def similar_words(word: str) -> list[str]:
    """Words of the vocabulary that a typing error may have meant, the likeliest first.

    One error leaves the first or the last half of a word whole, so two ranges hold them all.
    """
    length = len(word)
    if length < 4:
        return []
    errors = 1 if length < 8 else 2
    head, tail = word[: (length - 1) // 2], word[(length - 1) // 2 + 1 :][::-1]
    lengths = (length - errors, length + errors)
    values: list[str | int] = [*_beginning(head), *lengths]
    values += [*_beginning(tail), *lengths, NEIGHBOURS]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM core_search_vocabulary WHERE word >= %s AND word < %s "
            "AND length(word) BETWEEN %s AND %s UNION "
            "SELECT word FROM core_search_vocabulary WHERE backwards >= %s AND backwards < %s "
            "AND length(word) BETWEEN %s AND %s LIMIT %s",
            values,
        )
        near = [row[0] for row in cursor.fetchall()]
    best = process.extract(word, near, scorer=OSA.distance, score_cutoff=errors, limit=SIMILAR)
    return [found for found, _distance, _at in best]


def _beginning(text: str) -> tuple[str, str]:
    """The range of all words that begin with the text."""
    return text, f"{text}\U0010ffff"


def create(database) -> None:
    """Create what the index needs in a database; harmless where it is there already."""
    statements = SQLITE_TABLES if database.vendor == "sqlite" else POSTGRES_TABLES
    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        if database.vendor == "sqlite":
            for name, statement in SQLITE_TRIGGERS.items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(statement)
