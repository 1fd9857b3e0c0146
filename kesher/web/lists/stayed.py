"""What an undo left as it is, in the words of the lists."""

from __future__ import annotations

from typing import Any

from kesher.core.access import Actor
from kesher.core.fields import Field, Type, choices_of, fields_for, kinds, label_of_ref
from kesher.core.undo import Stayed


def stayed_line(one: Stayed, actor: Actor) -> dict[str, Any]:
    """One field of one record: what it holds now, what it held before, who changed it since."""
    field = _field(one, actor)
    return {
        "name": one.name,
        "field": field.label if field else "",
        "now": _words(field, one.now, actor),
        "wanted": _words(field, one.wanted, actor),
        "by": one.by,
        "why": one.why,
    }


def _field(one: Stayed, actor: Actor) -> Field | None:
    """The field that a column is known as, if the reader may read it."""
    column = one.field.removesuffix("_id")
    for kind in kinds():
        if kind.model._meta.label_lower == one.kind:
            fields = fields_for(actor, kind).values()
            return next((f for f in fields if column in (f.name, f.path)), None)
    return None


def _words(field: Field | None, value: Any, actor: Actor) -> str:
    if field is None or value in (None, "", []):
        return ""
    if isinstance(value, list):
        return ", ".join(_words(field, part, actor) for part in value)
    if field.type == Type.CHOICE:
        return dict(choices_of(field, actor)).get(str(value), str(value))
    if field.type == Type.REF and field.refers is not None and isinstance(value, int):
        return label_of_ref(field, actor, value)
    return str(value)
