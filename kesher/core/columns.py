"""The columns that a table itself holds."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model


def column_named(model: type[Model] | Model, name: str) -> Field[Any, Any]:
    """A column by its name in the model; what other tables hold of it is none."""
    found = model._meta.get_field(name)
    if not isinstance(found, Field):
        raise FieldDoesNotExist(f"{model._meta.label} holds no column {name}")
    return found
