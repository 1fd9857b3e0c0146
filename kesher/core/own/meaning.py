"""What a value of one type means as a value of another."""

from __future__ import annotations

from contextlib import suppress
from copy import copy
from typing import Any

from kesher.core.own.catalogue import shown_of, words_of
from kesher.core.own.models import OwnField
from kesher.core.own.values import Kept, checked
from kesher.core.refusal import Refusal


def converted(one: OwnField, wanted: OwnField, kept: Kept) -> Kept:
    """A value under the new type; nothing where it has no meaning there."""
    said: Any = kept
    if one.is_chosen and not wanted.is_chosen:
        said = words_of(one, kept)
    elif isinstance(kept, list) and wanted.type != OwnField.Type.MANY:
        said = kept[0] if len(kept) == 1 else words_of(one, kept)
    elif one.type == OwnField.Type.MOMENT and wanted.type == OwnField.Type.DATE:
        said = shown_of(one, kept)
    every = copy(wanted)
    every.choices = [{**choice, "retired": False} for choice in wanted.choices]
    with suppress(Refusal):
        return checked(every, said)
    return None
