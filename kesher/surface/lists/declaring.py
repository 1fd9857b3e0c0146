"""What a list is: a kind of record, its usual columns and views, and what can be done with rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy

from kesher.core.access import Actor, may
from kesher.core.fields import Field, Kind, fields_for, kind_of


def always(_actor: Actor) -> bool:
    """For everybody who has the list."""
    return True


@dataclass(frozen=True, kw_only=True)
class View:
    """A view that comes with the list, for those to whom it is of use."""

    key: str
    label: Any
    query: str = ""
    shown: Callable[[Actor], bool] = always


@dataclass
class Outcome:
    """What became of records that an action was done to, and why some were left as they are."""

    done: int = 0
    refused: dict[str, int] = field(default_factory=dict)  # sentence -> how many

    def refuse(self, why: str, number: int = 1) -> None:
        """Count records that were left as they are."""
        self.refused[why] = self.refused.get(why, 0) + number

    def add(self, other: Outcome) -> None:
        """Count what another step did as well."""
        self.done += other.done
        for why, number in other.refused.items():
            self.refuse(why, number)

    @property
    def left(self) -> int:
        return sum(self.refused.values())


@dataclass(frozen=True, kw_only=True)
class Input:
    """What an action wants to know: one of some choices, a text ("text") or a day ("date")."""

    name: str
    label: Any
    type: str = "choice"
    choices: Callable[[Actor], Sequence[tuple[Any, Any]]] | None = None
    is_optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something to do with many rows at once; the command behind it asks for each record."""

    key: str
    label: Any
    icon: str
    # by, record, given, batch: does it to one record
    run: Callable[..., None] = lambda **_given: None
    right: str = "change"
    inputs: tuple[Input, ...] = ()
    is_undoable: bool = True
    page: str = ""  # address by name where it is done instead, to those that were picked
    when: Mapping[str, str] = field(default_factory=dict)  # only where a filter says so


def archiving(
    put_aside: Callable[..., None], take_back: Callable[..., None], *, when: Mapping[str, str]
) -> tuple[Action, Action]:
    """Put records into the archive where `when` says so, and take them out of it."""
    label, back = gettext_lazy("Archive"), gettext_lazy("Take out of the archive")
    return (
        Action(key="archive", label=label, icon="archive", run=put_aside, when=when),
        Action(
            key="unarchive", label=back, icon="archive", run=take_back, when={"archived": "yes"}
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list of one kind of record, under the name of the kind."""

    name: str
    title: Any
    columns: tuple[str, ...]  # the first one opens the record
    views: tuple[View, ...]
    sort: str
    opens: str = ""  # address by name of the page of one record
    new: str = ""  # address by name where one is added
    new_label: Any = ""
    new_right: str = "add"
    standing: Mapping[str, str] = field(default_factory=dict)  # filters unless others are chosen
    searched: tuple[str, ...] = ()  # fields in which words are looked for
    index: str = ""  # or its kind in the index of words
    sub: str = ""  # field that stands under the first column
    phone: Mapping[str, str] = field(default_factory=dict)  # where a column stands on a phone
    yields: frozenset[str] = frozenset()  # columns that make room for the look beside the list
    beside: tuple[str, ...] = ()  # fields that drawing the columns needs
    painters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    # of a column: which of the values on a page stand out, asked once for all of them
    marks: Mapping[str, Callable[[Sequence[Any]], frozenset[Any]]] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    # by, record, name, value, seen, batch: writes one field; returns the batch that takes it back
    edit: Callable[..., str] | None = None
    edit_choices: Mapping[str, Callable[[Actor], Any]] = field(default_factory=dict)  # narrower
    edit_rights: tuple[str, ...] = ("change",)  # any of which allows it
    peek: tuple[str, ...] = ()  # fields of the look without leaving
    peek_at: str = ""  # or the address by name of such a look drawn elsewhere
    empty_title: Any = ""
    empty_text: Any = ""

    @property
    def kind(self) -> Kind:
        return kind_of(self.name)

    @property
    def lead(self) -> str:
        return self.columns[0]

    def fields(self, actor: Actor) -> dict[str, Field]:
        """The fields that the actor may read."""
        return fields_for(actor, self.kind)

    def actions_for(self, actor: Actor) -> list[Action]:
        """What the actor may do with many rows."""
        return [one for one in self.actions if may(actor, one.right, self.kind.model)]

    def action(self, actor: Actor, key: str) -> Action | None:
        """One of the actions that the actor may do."""
        return next((one for one in self.actions_for(actor) if one.key == key), None)


_listings: dict[str, Listing] = {}


def register(listing: Listing) -> Listing:
    """Make a list known by its name."""
    _listings[listing.name] = listing
    return listing


def listing_of(name: str) -> Listing:
    """The list of that name."""
    return _listings[name]


def listings() -> list[Listing]:
    """Every list there is."""
    return list(_listings.values())
