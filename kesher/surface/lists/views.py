"""The views of a list: those that come with it, and those that people saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from kesher.core.access import Actor
from kesher.organization.models import SavedView
from kesher.organization.queries import saved_views
from kesher.surface.lists.declaring import Listing


@dataclass(frozen=True)
class Shown:
    """A view as the list offers it. A saved one has its number and knows whose it is."""

    key: str
    label: Any
    state: str
    pk: int | None = None
    version: int = 0
    is_mine: bool = False
    is_shared: bool = False
    is_pinned: bool = False
    team_id: int | None = None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return parse_qsl(self.state, keep_blank_values=True)


def shown_views(
    listing: Listing, actor: Actor, saved: Sequence[SavedView] | None = None
) -> list[Shown]:
    """The views that the actor has of a list, in the order of their tabs.

    Whoever has read the actor's saved views already hands them in.
    """
    held = saved_views(actor, listing.name) if saved is None else saved
    built_in = [
        Shown(view.key, view.label, view.query) for view in listing.views if view.shown(actor)
    ]
    kept = [
        Shown(
            key=str(view.pk), label=view.name, state=view.query, pk=view.pk, version=view.version,
            is_mine=view.owner_id == actor.member_id, is_shared=view.is_shared,
            is_pinned=view.is_pinned, team_id=view.team_id,
        )
        for view in held
        if view.kind == listing.name
    ]  # fmt: skip
    return built_in + kept


def view_of(views: Sequence[Shown], key: str, *, is_bare: bool) -> Shown | None:
    """The view that an address names; a bare address means the first."""
    named = next((view for view in views if view.key == key), None)
    return named or (views[0] if is_bare and views else None)
