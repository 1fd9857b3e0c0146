"""The two answers to a contradiction: ours stays, or what the source says is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Model

from kesher.core.access import Actor
from kesher.core.changes import locked
from kesher.core.feeds.models import Conflict
from kesher.core.feeds.queries import require_connecting
from kesher.core.feeds.refusals import AnsweredAlready

Accept = Callable[[Actor, int, str, Any, str], None]
_accepts: dict[str, Accept] = {}


def accepts(model: type[Model]):
    """Declare how a record of a model takes what a source says of one of its fields."""

    def register(accept: Accept) -> Accept:
        _accepts[model._meta.label_lower] = accept
        return accept

    return register


@transaction.atomic
def keep_ours(*, by: Actor, conflict: Conflict) -> None:
    """Ours stays, until the source says something else."""
    require_connecting(by)
    held = _still_open(conflict)
    held.state, held.answered_by = Conflict.State.KEPT, by.label
    held.save(update_fields=["state", "answered_by"])


@transaction.atomic
def take_theirs(*, by: Actor, conflict: Conflict) -> None:
    """Take what the source says; from then on the field is the source's again."""
    require_connecting(by)
    held = _still_open(conflict)
    _accepts[held.kind](by, held.record_id, held.field, held.there, held.batch)
    held.delete()


def _still_open(conflict: Conflict) -> Conflict:
    if not Conflict.objects.filter(pk=conflict.pk).exists():
        raise AnsweredAlready
    held = locked(conflict)
    if held.state != Conflict.State.OPEN:
        raise AnsweredAlready
    return held
