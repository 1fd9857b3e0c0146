"""A record's value of one slot, as a relation: `own12__number` can be filtered and sorted by.

It is no column. Django joins the one row of that slot, so that an index of the slot serves.
"""

from __future__ import annotations

from typing import Any

from django.db.models import DO_NOTHING, ForeignObject, Model
from django.db.models.fields.related import ForeignObjectRel
from django.db.models.lookups import Exact
from django.db.models.query_utils import PathInfo

from kesher.core.own.models import SLOTS, OwnValue


class SlotRelation(ForeignObject):
    """From a record to its row of one slot."""

    auto_created = False
    many_to_one = False
    one_to_many = True  # as Django has relations that are no columns; here it is one at most

    def __init__(self, values: type[OwnValue], slot: int):
        rel = ForeignObjectRel(self, values, related_name="+", on_delete=DO_NOTHING)
        super().__init__(
            values, on_delete=DO_NOTHING, from_fields=["id"], to_fields=[values.RECORD], rel=rel,
            null=True, editable=False, serialize=False,
        )  # fmt: skip
        self.narrows = {"slot": slot}
        self.record = f"{values.RECORD}_id"

    def contribute_to_class(self, cls: type[Model], name: str, private_only: bool = True) -> None:
        """Private: no column, and no attribute of the record."""
        super().contribute_to_class(cls, name, private_only=True)
        delattr(cls, name)

    def get_path_info(self, filtered_relation: Any = None) -> list[PathInfo]:
        """Not called direct, or Django would sort by the record's number and not by the row's."""
        (path,) = super().get_path_info(filtered_relation)
        return [path._replace(direct=False)]

    @property
    def path_infos(self) -> list[PathInfo]:
        return self.get_path_info()

    def get_extra_restriction(self, alias: str, related_alias: str) -> Any:
        """Only the row of this slot."""
        column: Any = self.related_model._meta.get_field("slot")
        return Exact(column.get_col(alias), self.narrows["slot"])


def add_slots(model: type[Model], values: type[OwnValue]) -> None:
    """Give a kind of record its slots: own1, own2 …"""
    for slot in range(1, SLOTS + 1):
        model.add_to_class(f"own{slot}", SlotRelation(values, slot))
