"""`column__among=values`: one of many values, given to the database as one parameter.

Django's `__in` prepares every value by itself and writes a statement of its own for each number of
them; for the thousands of values that a step of an import asks about, that costs more than the
answer. The statement of `__among` is always the same, and takes any number.
"""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Field, ForeignObject, Lookup

from kesher.core.prepared import Mark


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """The column holds one of these numbers or texts."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """For SQLite, which takes many values as JSON."""
        column, values = self.process_lhs(compiler, connection)
        some = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608
        return some, (*values, self._many(connection))

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """For PostgreSQL, which takes them as an array."""
        column, values = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*values, self._many(connection))

    def _many(self, connection: Any) -> Any:
        """The one parameter; of a question worded once the place where it will stand."""
        if isinstance(self.rhs, Mark):
            return self.rhs.slot
        return Many().get_db_prep_value(self.rhs, connection)


class Many(Field):
    """Many numbers or texts as one parameter: the type of a value that `among` asks for."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """An array for PostgreSQL; SQLite takes JSON."""
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))
