"""Definitions of own fields as an archive carries them, and how they come to be elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from kesher.core.access import Actor, may
from kesher.core.columns import OWN_PREFIX
from kesher.core.own.catalogue import keepers, own_fields, readable_own
from kesher.core.own.commands import NewOwnField, add_own_field
from kesher.core.own.models import OwnField
from kesher.core.refusal import Refusal

KEY = re.compile(OWN_PREFIX + r"[a-z0-9_]{1,50}")
CARRIED = (
    "kind", "key", "type", "labels", "hint", "classification", "section", "is_required",
    "default", "currency",
)  # fmt: skip


def definitions_out(actor: Actor) -> list[dict[str, Any]]:
    """The fields that the actor may read, as an archive carries them."""
    return [
        {name: getattr(one, name) for name in CARRIED} | {"choices": one.choices}
        for keeper in keepers()
        for one in readable_own(actor, keeper.kind)
    ]


def bring_definitions(*, by: Actor, said: Sequence[Mapping[str, Any]]) -> None:
    """Make the fields of an archive that are not here yet; what is taken otherwise stays out."""
    if not may(by, "manage", OwnField):
        return
    for one in said:
        kind = str(one.get("kind", ""))
        is_known = kind in {keeper.kind for keeper in keepers()}
        here = {held.key for held in own_fields(kind, with_retired=True)} if is_known else set()
        if is_known and KEY.fullmatch(str(one.get("key", ""))) and one["key"] not in here:
            with suppress(Refusal, TypeError, ValueError, KeyError):
                add_own_field(by=by, new=_new(one))


def _new(said: Mapping[str, Any]) -> NewOwnField:
    given = {name: said[name] for name in CARRIED}
    return NewOwnField(**given, choices=list(said.get("choices", ())))
