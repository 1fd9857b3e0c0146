"""A record outside the actor's scope does not exist."""

from typing import TypeVar

from django.db.models import Model
from django.http import Http404

from kesher.core.access import Actor, one_in_sight
from kesher.core.person import heirs_of

M = TypeVar("M", bound=Model)


def found(actor: Actor, model: type[M], pk: int, *related: str) -> M:
    """The record with what is related, or 404 where the actor may not know of it.

    What comes late for one that was merged into another is for that one.
    """
    record = one_in_sight(actor, model, pk, *related)
    if record is None and (heir := heirs_of(model, [pk]).get(pk)):
        record = one_in_sight(actor, model, heir, *related)
    if record is None:
        raise Http404
    return record
