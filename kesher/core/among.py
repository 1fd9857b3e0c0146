"""`column__among=values`: one of many values, given to the database as one parameter.

Django's `__in` prepares every value by itself and writes a statement of its own for each number of
them; for the thousands of values that a step of an import asks about, that costs more than the
answer. The statement of `__among` is always the same, and takes any number.
"""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Field, ForeignObject, Lookup


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """The column holds one of these numbers or texts."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """For SQLite, which takes many values as JSON."""
        column, values = self.process_lhs(compiler, connection)
        many = json.dumps(list(self.rhs))
        some = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608
        return some, (*values, many)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """For PostgreSQL, which takes them as an array."""
        column, values = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*values, list(self.rhs))
