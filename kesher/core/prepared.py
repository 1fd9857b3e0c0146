"""Questions that pages ask all day, put into SQL once.

Django takes several times as long to word a question as a database to answer it. Here a question
is worded when it comes first, with marks where values go; from then on only the values are put in.
What may be seen shapes a question and is never one of its values: another policy, another question.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache, partial, wraps
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Expression, Field, Func, IntegerField, QuerySet

MOST = 2000  # questions whose words are kept


def prepared(**fields: Field) -> Callable[..., Any]:
    """Turn a function that builds a query into one that returns its rows, worded only once.

    `fields` are the arguments that are values, with the type of each: the query gets marks in their
    place. All other arguments shape the query; they are hashable, and everything it depends on.
    """
    marks = {name: Mark(Slot(name, field)) for name, field in fields.items()}

    def prepare(build: Callable[..., QuerySet]) -> Callable[..., list[Any]]:
        @wraps(build)
        def ask(*shape: Hashable, **values: Any) -> list[Any]:
            return known((build, shape), partial(build, *shape, **marks), values)

        return ask

    return prepare


def known(
    key: Hashable, build: Callable[[], QuerySet], values: Mapping[str, Any] | None = None
) -> list[Any]:
    """The rows of the query that `build` makes; for a key that came before it is not made again."""
    return _worded(_Question((connections["default"].vendor, key), build)).rows(values or {})


def rows_counted() -> Func:
    """How many rows there are, as the one column of a query's one row."""
    return Func(function="COUNT", template="%(function)s(*)", output_field=IntegerField())


class Slot(NamedTuple):
    """Stands among the parameters of a statement for a value, and knows its type."""

    name: str
    field: Field


class Mark(Expression):
    """Stands in a query for a value that is known only when it is asked."""

    def __init__(self, slot: Slot):
        super().__init__(output_field=slot.field)
        self.slot = slot

    def as_sql(self, compiler, connection):
        """A place for the value, kept free by its slot."""
        return "%s", [self.slot]


class _Question:
    """A key, and how the query is built should nobody have asked it before."""

    __slots__ = ("build", "key")

    def __init__(self, key: Hashable, build: Callable[[], QuerySet]):
        self.key = key
        self.build: Callable[[], QuerySet] | None = build

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Question) and self.key == other.key


@lru_cache(maxsize=MOST)
def _worded(question: _Question) -> Worded:
    assert question.build is not None  # noqa: S101 - for the type
    worded = Worded(question.build())
    question.build = None  # what it holds on to may go
    return worded


class Worded:
    """A query in the words of the database. Threads share it, so that nothing in it may change."""

    def __init__(self, rows: QuerySet):
        if getattr(rows, "_prefetch_related_lookups", ()) or rows._result_cache is not None:
            raise ValueError("A question is worded before it is asked, and fetches nothing beside.")
        self.origin = rows
        self.compiler = rows.query.get_compiler(rows.db)
        try:
            self.sql, self.parameters = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.parameters = "", ()
        self.converters: Any = None  # of its columns, from the first time that they are read

    def rows(self, values: Mapping[str, Any]) -> list[Any]:
        """What the query gives, as Django would read it."""
        if not self.sql:
            return []
        origin, connection = self.origin, connections[self.origin.db]
        given = tuple(
            one.field.get_db_prep_value(values[one.name], connection) if type(one) is Slot else one
            for one in self.parameters
        )
        compiler, query = copy.copy(self.compiler), copy.copy(origin.query)
        compiler.connection = connection
        compiler.__dict__["as_sql"] = lambda *_asked, **_options: (self.sql, given)
        compiler.__dict__["get_converters"] = self._converters
        query.__dict__["get_compiler"] = lambda *_asked, **_options: compiler
        rows = origin.__class__(origin.model, query, origin.db)
        rows._iterable_class = origin._iterable_class
        return list(rows)

    def _converters(self, columns: Any) -> Any:
        """How what the database gives becomes values; to gather that is a fifth of a question."""
        if self.converters is None:
            self.converters = self.compiler.get_converters(columns)
        return self.converters
