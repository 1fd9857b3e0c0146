"""The names of colleagues, asked once for all that a page says of them."""

from __future__ import annotations

from functools import cached_property

from kesher.core.access import Actor
from kesher.organization.queries import member_names


class Names:
    """Names by number, as far as the reader may see who works here."""

    def __init__(self, actor: Actor):
        self.actor = actor

    @cached_property
    def _rows(self) -> list[tuple[int, str, bool]]:
        return member_names(self.actor)

    @cached_property
    def _all(self) -> dict[int, str]:
        return {pk: name for pk, name, _is_active in self._rows}

    def of(self, pk: int | None) -> str:
        """The name of one, or nothing."""
        return self._all.get(pk, "") if pk is not None else ""

    @property
    def at_work(self) -> list[tuple[int, str]]:
        """Those who work here now, by name."""
        return [(pk, name) for pk, name, is_active in self._rows if is_active]
