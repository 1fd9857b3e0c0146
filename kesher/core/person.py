"""What becomes of each table when two customers are merged, one is erased, or asks for his data.

The question is core's; every part answers in `person.py` for its own tables, and a table that
reaches the subject without an answer fails the build. What must be kept keeps the record alive.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model, QuerySet


class Merge(StrEnum):
    """What merging does to the rows of the one that goes."""

    MOVE = "move"  # to the one that stays
    COMBINE = "combine"  # move what he has not, drop what he has
    KEEP_ONE = "keep one"  # the row of the one that stays, brought up to date
    DROP = "drop"  # it says nothing that lasts


class Erase(StrEnum):
    """What erasure does to the rows."""

    BLANK = "blank"  # the row stays for counting, what it says is emptied
    DELETE = "delete"
    KEEP = "keep"  # the law or another person's right demands it


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one table that reaches a subject does with merge, erasure, export and timeline."""

    model: type[Model]
    via: str  # the path of the ORM from the table to the subject; empty for the subject itself
    merge: Merge
    erase: Erase
    why: str = ""  # of what is kept
    blanked: tuple[str, ...] = ()  # the columns that erasure empties
    exported: tuple[str, ...] = ()  # the columns that the person gets, in order
    timeline: str = ""  # the source of the history it is told by
    keeps: Any = None  # a sentence with %(count)s: why the subject cannot be deleted
    counted: Any = None  # "%(count)s purchases", for whoever is told what moves
    # of what is combined: equal for two rows of which one is enough, None for one that says nothing
    alike: Callable[[Any], Hashable] | None = None
    # of what is kept once: brings the rows of these subjects up to date
    renew: Callable[[Collection[int]], None] | None = None

    def __post_init__(self) -> None:
        if self.merge == Merge.COMBINE and self.alike is None:
            raise TypeError(f"{self.model._meta.label}: what makes two rows alike?")
        if self.merge == Merge.KEEP_ONE and self.via and self.renew is None:
            raise TypeError(f"{self.model._meta.label}: how is it brought up to date?")

    @property
    def is_own(self) -> bool:
        """Whether the table itself points to the subject; others follow the rows they point to."""
        return bool(self.via) and "__" not in self.via

    def rows(self, subject: Model) -> QuerySet:
        """The rows of this table that belong to a subject."""
        return self.model._default_manager.filter(**{self.via or "pk": subject.pk})


_answers: dict[type[Model], dict[tuple[type[Model], str], Answer]] = {}


def answer(subject: type[Model], **said: Any) -> Answer:
    """Declare what a table that reaches a subject does."""
    made = Answer(**said)
    _answers.setdefault(subject, {})[made.model, made.via] = made
    return made


def answers(subject: type[Model]) -> list[Answer]:
    """All that was declared for a kind of subject."""
    return list(_answers.get(subject, {}).values())


def reaching(subject: type[Model]) -> Iterator[tuple[type[Model], str]]:
    """Every table that points to the subject, and tables that point to those: table and path."""
    waiting: list[tuple[type[Model], str]] = [(subject, "")]
    seen = set()
    while waiting:
        target, path = waiting.pop()
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if not isinstance(field, ForeignKey) or field.related_model is not target:
                    continue
                way = f"{field.name}__{path}" if path else field.name
                if model is not subject and (model, field.name) not in seen:
                    seen.add((model, field.name))
                    yield model, way
                    waiting.append((model, way))


def unanswered(subject: type[Model]) -> list[str]:
    """Tables that reach the subject and of which nobody said what becomes of them."""
    said = _answers.get(subject, {})
    covered = {model for model, _via in said}
    return [
        f"{model._meta.label}.{way}"
        for model, way in reaching(subject)
        if (model, way) not in said and ("__" not in way or model not in covered)
    ]


def kept_by(subject: Model) -> list[str]:
    """Sentences that say why the subject cannot be deleted; empty where it can."""
    reasons = []
    for said in answers(type(subject)):
        if said.keeps is None:
            continue
        count = said.rows(subject).count()
        if count:
            reasons.append(str(said.keeps) % {"count": count})
    return reasons


Heirs = Callable[[Collection[int]], dict[int, int]]
_heirs: dict[type[Model], Heirs] = {}


def inherits(subject: type[Model]):
    """Declare who goes on where a record is not there any more because it was another one."""

    def register(declared: Heirs) -> Heirs:
        _heirs[subject] = declared
        return declared

    return register


def heirs_of(subject: type[Model], numbers: Collection[int]) -> dict[int, int]:
    """Of records that were merged into others: the number of the one that goes on."""
    declared = _heirs.get(subject)
    return declared(numbers) if declared and numbers else {}
