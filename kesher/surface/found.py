"""A record outside the actor's scope does not exist."""

from typing import TypeVar

from django.db.models import BigIntegerField, Model, Q, QuerySet
from django.http import Http404

from kesher.core.access import Actor, note_found, sight
from kesher.core.prepared import Mark, prepared

M = TypeVar("M", bound=Model)


def found(actor: Actor, model: type[M], pk: int, *related: str) -> M:
    """The record with what is related, or 404 where the actor may not know of it."""
    rows = _one(model, sight(actor, model), related, pk=pk)
    if not rows:
        raise Http404
    note_found(actor, rows[0])
    return rows[0]


@prepared(pk=BigIntegerField())
def _one(model: type[Model], seen: Q, related: tuple[str, ...], pk: Mark) -> QuerySet:
    rows = model._default_manager.filter(seen, pk=pk)
    return rows.select_related(*related) if related else rows
