"""What of a line is taken when its source lives on and people have changed the customer since."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kesher.core.access import Actor, visible
from kesher.core.changes import plain
from kesher.core.feeds.answering import accepts
from kesher.core.feeds.refusals import AnsweredAlready
from kesher.core.feeds.winning import (
    EMPTY,
    HERE,
    SOURCE,
    Contradiction,
    Winning,
    keep_conflicts,
    winning,
)
from kesher.core.importing.kinds import Plan
from kesher.customers.commands.changing import change_customer
from kesher.customers.import_matching import Held, Wanted
from kesher.customers.models import Customer, Tag

DAYS = frozenset({"birth_on", "since_on"})
MANY = ("points", "tags", "branches", "company")  # these are only ever added to
NAMES = frozenset({"first_name", "last_name", "name"})
ADDRESS_COLUMNS = ("street", "address", "postcode")


@dataclass
class Judged:
    """What is to be written of a line, what is contradicted, and what is not any more."""

    found: dict[str, Any]
    contradicted: list[Contradiction] = field(default_factory=list)
    over: list[str] = field(default_factory=list)


class Wins:
    """Says of lines from a source that lives on what of them is taken; of others, all."""

    def __init__(self, plan: Plan, ids: Iterable[int]):
        self.winning = winning(plan, Customer, ids)

    def judged(self, found: dict[str, Any], held: Held | None, wanted: Wanted) -> Judged:
        """Leave out what loses against what stands here."""
        if self.winning is None or held is None or held.pk is None:
            return Judged(found)
        judged = Judged({})
        for name, value in found.items():
            if name in MANY:
                if left := _added(self.winning, held, name, value):
                    judged.found[name] = left
            else:
                self._judge(judged, held, name, value)
        said = [*wanted.values, *(["source"] if wanted.source else [])]
        judged.over += [
            _bare(name)
            for name in said
            if name not in found and self.winning.is_settled(held.pk, _bare(name))
        ]
        return judged

    def _judge(self, judged: Judged, held: Held, name: str, value: Any) -> None:
        """One field that has one value."""
        assert self.winning is not None and held.pk is not None  # noqa: S101 - asked before
        wins, bare, now = self.winning, _bare(name), _now(held, name)
        rule = wins.rule(bare, *(["name"] if bare in NAMES else []))
        written = wins.written(held.pk, bare)
        is_blank = not now or now == _usual(name)
        if rule == SOURCE or (
            wins.may_overwrite(held.pk, bare, is_blank=is_blank) if rule == HERE else not now
        ):
            judged.found[name] = value
            if wins.is_settled(held.pk, bare):
                judged.over.append(bare)
        elif rule == HERE and not wins.answered(held.pk, bare, plain(value)):
            last = written[-1] if written else None
            judged.contradicted.append(Contradiction(held.pk, bare, now, value, last))


def _bare(name: str) -> str:
    return name.removesuffix("_id")


def _now(held: Held, name: str) -> Any:
    return held.source if name == "source" else held.values.get(name)


def _usual(name: str) -> Any:
    """What a field holds of which nobody has said anything."""
    return None if name == "source" else Customer._meta.get_field(name).get_default()


# ---- what is only ever added


def _added(wins: Winning, held: Held, name: str, value: Any) -> Any:
    """Of what a line adds, what nobody has taken away here."""
    if name == "points":
        return [point for point in value if _may_add_point(wins, held, point)]
    rule = wins.rule(name)
    if name == "company":
        return "" if rule == EMPTY and held.companies else value
    there = held.tags if name == "tags" else held.branches
    if rule == EMPTY and there:
        return []
    if rule == SOURCE or not value:
        return value
    gone = _taken_away(wins, held, name)
    if name == "branches":
        return [branch for branch in value if branch.pk not in gone]
    named = set(Tag.objects.filter(pk__in=gone).values_list("name", flat=True)) if gone else set()
    return [tag for tag in value if tag not in named]


def _may_add_point(wins: Winning, held: Held, point: Any) -> bool:
    names = ADDRESS_COLUMNS if point.kind == "address" else (point.kind,)
    rule = wins.rule(*names)
    if rule == EMPTY:
        return not any(kind == point.kind for kind, _normal in held.points)
    return rule == SOURCE or point.key not in _taken_away(wins, held, "contacts")


def _taken_away(wins: Winning, held: Held, name: str) -> set[Any]:
    """What stood in a list of this customer and does not any more."""
    gone: set[Any] = set()
    for written in wins.written(held.pk or 0, name):
        gone |= _items(written.before) - _items(written.value)
        gone -= _items(written.value)
    return gone


def _items(kept: Any) -> set[Any]:
    """The entries of a list as a Change keeps it."""
    return {
        (one.get("kind"), one.get("normal")) if isinstance(one, dict) else one for one in kept or ()
    }


# ---- writing


def note_contradictions(plan: Plan, judged: Sequence[tuple[Held | None, Judged]]) -> None:
    """Keep the contradictions of some lines, in the transaction that writes them."""
    found = [one for _held, each in judged for one in each.contradicted]
    over: Mapping[int, list[str]] = {
        held.pk: each.over for held, each in judged if held and held.pk and each.over
    }
    keep_conflicts(plan, Customer, list({(c.record_id, c.field): c for c in found}.values()), over)


@accepts(Customer)
def accept(by: Actor, pk: int, name: str, value: Any, batch: str) -> None:
    """Write what a source says of a customer."""
    customer = visible(by, Customer, "change").filter(pk=pk).first()
    if customer is None:
        raise AnsweredAlready
    if name in DAYS and value:
        value = datetime.date.fromisoformat(value)
    change_customer(by=by, customer=customer, values={name: value}, batch=batch)
