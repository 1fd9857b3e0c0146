"""Who may see and do what.

Every surface (pages, export, search, live stream, jobs) asks here and nowhere else. A part declares
one Policy per model; roles grant a Scope per model and action; each field has a classification.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import TypeVar, overload

from django.db.models import BigIntegerField, Exists, ForeignKey, Model, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kesher.core.access_log import Shown, note_shown
from kesher.core.prepared import Mark, prepared
from kesher.core.refusal import Refusal
from kesher.core.text import in_language

MASK = "•••"
OPEN = "open"
NOTHING = Q(pk__in=[])
EMPTY = (None, "", [], {})
M = TypeVar("M", bound=Model)


class Scope(IntEnum):
    """How far a grant reaches."""

    NONE = 0
    OWN = 1
    TEAM = 2
    BRANCH = 3
    ALL = 4


class AccessDenied(Refusal):
    """The actor may not do this to this record."""

    message = _(
        "Your role does not allow this. Ask an owner to change the role or to do it for you."
    )
    status = 403


class UndeclaredField(AttributeError):
    """A policy does not say who may read this, so nobody may."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whoever acts: a member of staff, an integration, or the system itself."""

    label: str
    member_id: int | None = None
    branches: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    grants: Mapping[tuple[str, str], Scope] = field(default_factory=dict)
    clearances: frozenset[str] = frozenset({OPEN})
    watched: frozenset[str] = frozenset()  # classifications of which each reading is kept
    is_system: bool = False

    def scope(self, model: type[Model] | str, action: str) -> Scope:
        """How far this actor may go with one kind of record."""
        if self.is_system:
            return Scope.ALL
        label = model if isinstance(model, str) else model._meta.label_lower
        return self.grants.get((label, action), Scope.NONE)

    def cleared_for(self, classification: str) -> bool:
        """Whether this actor may read what carries the classification."""
        return _is_cleared(classification, self.is_system, self.clearances)


def _is_cleared(classification: str, is_system: bool, clearances: frozenset[str]) -> bool:
    return is_system or classification == OPEN or classification in clearances


SYSTEM = Actor(label="Kesher", is_system=True)


@dataclass(frozen=True)
class Link:
    """A table between a record and its many branches, asked by EXISTS and never by a join."""

    model: type[Model]
    record: str
    branch: str = "branch"


class Policy:
    """How one kind of record is shared out. What it does not name, nobody sees."""

    owner: str | None = None  # column of the member it belongs to
    team: str | None = None  # column of its team
    branch: str | None = None  # column of its branch
    branches: Link | None = None  # or a table of its branches
    within: str | None = None  # the record it hangs on: visible exactly when that is
    row_classification: str | None = None  # column with the classification of the whole row
    fields: Mapping[str, str] = {}  # every column -> its classification
    shows: frozenset[str] = frozenset()  # safe properties a guarded record may expose
    label: tuple[str, ...] = ()  # the columns that name it

    def __init__(self, model: type[Model]):
        self.model = model

    def rows(self, actor: Actor, action: str) -> Q:
        """The rows of this kind that the actor may do the action to."""
        rows = self.rows_hanging(actor, action)
        if self.within and actor.scope(self.model, action) > Scope.NONE:
            rows &= self.inside(actor)
        return rows

    def rows_hanging(self, actor: Actor, action: str) -> Q:
        """The same for rows that hang on a record of which it is known that the actor sees it."""
        scope = actor.scope(self.model, action)
        rows = self.shared(actor, scope)
        if scope > Scope.NONE and self.row_classification and not actor.is_system:
            rows &= Q(**{f"{self.row_classification}__in": [OPEN, *actor.clearances]})
        return rows

    def shared(self, actor: Actor, scope: Scope) -> Q:
        """The rows that the scope alone reaches."""
        if scope == Scope.ALL:
            return Q()
        if scope == Scope.NONE or actor.member_id is None:
            return NOTHING
        mine = Q(**{self.owner: actor.member_id}) if self.owner else NOTHING
        if scope == Scope.OWN:
            return mine
        if self.within and not (self.team or self.branch or self.branches):
            return Q()
        rows = mine
        if self.team:
            rows |= Q(**{f"{self.team}__in": actor.teams})
        if scope == Scope.BRANCH:
            rows |= self.of_branches(actor)
        return rows

    def of_branches(self, actor: Actor) -> Q:
        """The rows that belong to one of the actor's branches."""
        if self.branches:
            return _linked(self.branches, actor.branches)
        return Q(**{f"{self.branch}__in": actor.branches}) if self.branch else NOTHING

    def inside(self, actor: Actor) -> Q:
        """The rows whose parent record the actor may see, or that have no parent."""
        parent = self.model._meta.get_field(self.within)
        above = policy_of(parent.related_model).rows(actor, "view")
        if not above:
            return Q()
        rows = _below(parent, above)
        return rows | Q(**{f"{self.within}__isnull": True}) if parent.null else rows


# The same condition is the same object, so that a question asked before is known again.


@lru_cache(maxsize=512)
def _linked(link: Link, branches: frozenset[int]) -> Q:
    """The rows that a table ties to one of some branches."""
    held = link.model._default_manager.filter(
        **{link.record: OuterRef("pk"), f"{link.branch}__in": branches}
    )
    return Q(Exists(held))


@lru_cache(maxsize=512)
def _below(parent: ForeignKey, above: Q) -> Q:
    """The rows whose parent meets a condition."""
    seen = parent.related_model._default_manager.filter(above, pk=OuterRef(parent.attname))
    return Q(Exists(seen))


_policies: dict[type[Model], Policy] = {}


def policy_for(model: type[Model]):
    """Declare the policy of a model. `policy.py` of each part does so and is found at start."""

    def register(policy: type[Policy]) -> type[Policy]:
        _policies[model] = policy(model)
        return policy

    return register


def policy_of(model: type[Model]) -> Policy:
    """The declared policy; a model without one is an error, never an open door."""
    return _policies[model]


def has_policy(model: type[Model]) -> bool:
    """Whether somebody declared who may see this kind of record."""
    return model in _policies


def sight(actor: Actor, model: type[Model], action: str = "view") -> Q:
    """The condition that the records meet which the actor may see, or do the action to."""
    return policy_of(model).rows(actor, action)


def visible(actor: Actor, model: type[M], action: str = "view") -> QuerySet[M]:
    """The records of a kind that the actor may see, or do the action to."""
    return model._default_manager.filter(sight(actor, model, action))


def one_in_sight(actor: Actor, model: type[M], pk: int, *related: str) -> M | None:
    """One record with what is related, if the actor may see it."""
    rows = _one(model, sight(actor, model), related, pk=pk)
    if rows:
        note_found(actor, rows[0])
    return rows[0] if rows else None


@prepared(pk=BigIntegerField())
def _one(model: type[Model], seen: Q, related: tuple[str, ...], pk: Mark) -> QuerySet:
    rows = model._default_manager.filter(seen, pk=pk)
    return rows.select_related(*related) if related else rows


def note_found(actor: Actor, record: Model) -> None:
    """Remember on a record that it was fetched for this very actor, through `visible`."""
    record._found_for = actor


def sight_hanging(actor: Actor, model: type[Model], parent: Model, action: str = "view") -> Q:
    """The condition for records that hang on another one, besides that they do.

    Where the parent was found for this very actor, it is not asked for again in each query: that
    costs more than all else a customer's page asks.
    """
    policy = policy_of(model)
    is_found = getattr(parent, "_found_for", None) is actor
    return (policy.rows_hanging if is_found else policy.rows)(actor, action)


def hanging(actor: Actor, model: type[M], parent: Model, action: str = "view") -> QuerySet[M]:
    """The records of a kind that hang on another one, as `visible` would give them."""
    held = model._default_manager.filter(**{str(policy_of(model).within): parent})
    return held.filter(sight_hanging(actor, model, parent, action))


def may(actor: Actor, action: str, model: type[Model]) -> bool:
    """Whether the action is granted at all: shows or hides a button, decides nothing."""
    return actor.scope(model, action) > Scope.NONE


def allows(actor: Actor, action: str, record: Model) -> bool:
    """Whether the actor may do this to this record."""
    return visible(actor, type(record), action).filter(pk=record.pk).exists()


def require(actor: Actor, action: str, record: Model) -> None:
    """Raise unless allowed. For a new record, call after saving: the transaction undoes it."""
    if not allows(actor, action, record):
        raise AccessDenied(f"{actor.label} may not {action} {record._meta.label} {record.pk}")


def require_kind(actor: Actor, action: str, model: type[Model]) -> None:
    """Raise unless the action is granted in some scope: for work on many rows at once."""
    if not may(actor, action, model):
        raise AccessDenied(f"{actor.label} may not {action} {model._meta.label}")


_more: dict[type[Model], Callable[[], Mapping[str, str]]] = {}


def classify_more(model: type[Model], fields: Callable[[], Mapping[str, str]]) -> None:
    """Let a kind have fields beside its columns, each with its classification."""
    _more[model] = fields


def readable(actor: Actor, model: type[Model]) -> frozenset[str]:
    """The fields of a kind that the actor may read, sort, filter, search, count and export by."""
    held = _readable(model, actor.is_system, actor.clearances)
    if model not in _more:
        return held
    return held | {name for name, kept in _more[model]().items() if actor.cleared_for(kept)}


@lru_cache(maxsize=1024)
def _readable(model: type[Model], is_system: bool, clearances: frozenset[str]) -> frozenset[str]:
    declared = policy_of(model).fields
    return frozenset(
        name for name, kept in declared.items() if _is_cleared(kept, is_system, clearances)
    )


def note_reading(actor: Actor, record: Model, classification: str) -> None:
    """Keep that the actor is shown something of a record, where its classification is watched."""
    if classification in actor.watched:
        kind, pk = _subject(record)
        note_shown(Shown(kind, pk, record._meta.label_lower, classification))


def _subject(record: Model) -> tuple[str, int]:
    """The record that it hangs on, or itself."""
    within = policy_of(type(record)).within
    above = getattr(record, f"{within}_id") if within else None
    if above is None:
        return record._meta.label_lower, record.pk
    return record._meta.get_field(str(within)).related_model._meta.label_lower, above


@lru_cache(maxsize=1024)
def _watched(model: type[Model], watched: frozenset[str]) -> Mapping[str, str]:
    """The columns of a kind of which each reading is kept, with their classifications."""
    return {name: kept for name, kept in policy_of(model).fields.items() if kept in watched}


class Label:
    """A linked record that may be out of sight: its number and its name, nothing more."""

    __slots__ = ("_text", "pk")

    def __init__(self, actor: Actor, record: Model):
        self.pk = record.pk
        self._text = label_of(actor, record)

    def __str__(self) -> str:
        return self._text


class Guarded:
    """A record as one actor may read it. Hidden fields answer with a mask."""

    __slots__ = ("_actor", "_policy", "_readable", "_record", "_watched")

    def __init__(self, actor: Actor, record: Model, names: frozenset[str] | None = None):
        self._actor = actor
        self._record = record
        self._policy = policy_of(type(record))
        self._readable = readable(actor, type(record)) if names is None else names
        self._watched = _watched(type(record), actor.watched)
        if self._policy.row_classification:
            note_reading(actor, record, getattr(record, self._policy.row_classification))

    def __getattr__(self, name: str):
        if name in ("pk", "id"):
            return self._record.pk
        policy = self._policy
        base = name[:-3] if name.endswith("_id") and name[:-3] in policy.fields else name
        is_display = name.startswith("get_") and name.endswith("_display")
        base = name[4:-8] if is_display and name[4:-8] in policy.fields else base
        if base in policy.fields:
            if base not in self._readable:
                return MASK
            value = getattr(self._record, name)
            if base in self._watched and value not in EMPTY:
                note_reading(self._actor, self._record, self._watched[base])
            if is_display:
                return value()
            return Label(self._actor, value) if isinstance(value, Model) else value
        if name in policy.shows:
            return getattr(self._record, name)
        raise UndeclaredField(f"{type(self._record).__name__}.{name} is not declared readable")

    def __str__(self) -> str:
        return label_of(self._actor, self._record)


def label_of(actor: Actor, record: Model) -> str:
    """The name of a record as far as the actor may read it."""
    policy = policy_of(type(record))
    if not policy.label or not all(actor.cleared_for(policy.fields[name]) for name in policy.label):
        return MASK
    return " ".join(filter(None, (_named(getattr(record, name)) for name in policy.label)))


def _named(value: object) -> str:
    return in_language(value, get_language() or "en") if isinstance(value, dict) else str(value)


@overload
def guard(actor: Actor, records: Model) -> Guarded: ...


@overload
def guard(actor: Actor, records: Iterable[Model]) -> list[Guarded]: ...


def guard(actor, records):
    """Wrap what leaves a query towards a person."""
    if isinstance(records, Model):
        return Guarded(actor, records)
    rows = list(records)
    names = readable(actor, type(rows[0])) if rows else frozenset()
    return [Guarded(actor, row, names) for row in rows]
