"""What parts above let files of customers bring as well: their columns, and how it is kept.

A part declares a `Further` in its own `imports.py`. What a line says is held as plain values by
key, so that the memory of a file can keep it; everything is asked for many lines at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kesher.core.access import Actor
from kesher.core.importing.kinds import Column, Plan
from kesher.customers.models import Customer

Said = dict[str, Any]


class Further:
    """One thing more that a line may say of a customer."""

    columns: Sequence[Column]

    def wanted(self, said: Mapping[str, Any]) -> Said:
        """What a line says, in plain values by key."""
        raise NotImplementedError

    def held(self, ids: Iterable[int]) -> dict[int, Said]:
        """What is known of these customers, by the same keys."""
        raise NotImplementedError

    def differs(self, key: str, wanted: Any, held: Mapping[str, Any]) -> bool:
        """Whether what a line says under a key is news."""
        raise NotImplementedError

    def shown(self, key: str, value: Any) -> tuple[str, str]:
        """A key and its value in words."""
        raise NotImplementedError

    def write(self, by: Actor, wanted: Sequence[tuple[Customer, Said]], plan: Plan) -> None:
        """Write what many lines say, in the caller's transaction."""
        raise NotImplementedError


_declared: list[Further] = []


def further(declared: type[Further]) -> type[Further]:
    """Let files of customers bring what a part above keeps of them."""
    _declared.append(declared())
    return declared


def columns_with_further(own: Sequence[Column]) -> tuple[Column, ...]:
    """The columns of customers, with those that parts above declared."""
    return (*own, *(column for one in _declared for column in one.columns))


def further_wanted(said: Mapping[str, Any]) -> Said:
    """All that a line says for parts above."""
    return {key: value for one in _declared for key, value in one.wanted(said).items()}


def further_held(ids: Iterable[int]) -> dict[int, Said]:
    """All that parts above know of these customers."""
    found: dict[int, Said] = {}
    for one in _declared:
        for pk, held in one.held(ids).items():
            found.setdefault(pk, {}).update(held)
    return found


def further_differences(wanted: Said, held: Mapping[str, Any]) -> Said:
    """What of it is news."""
    return {key: value for key, value in wanted.items() if _of(key).differs(key, value, held)}


def further_shown(found: Said) -> list[tuple[str, str, str]]:
    """News in words: field, nothing, new value."""
    words = (_of(key).shown(key, value) for key, value in found.items())
    return [(label, "", text) for label, text in words]


def write_further(by: Actor, wanted: Sequence[tuple[Customer, Said]], plan: Plan) -> None:
    """Write what lines say for parts above."""
    if told := [(customer, said) for customer, said in wanted if said]:
        for one in _declared:
            one.write(by, told, plan)


def _of(key: str) -> Further:
    """Whose key it is: it begins with the name of one of his columns."""
    return next(one for one in _declared if key.partition(":")[0] == one.columns[0].name)
