"""Who may be the same as whom, how likely, and what speaks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from kesher.core.access import Actor
from kesher.core.among import found_among
from kesher.core.matching.features import STRONG, Census, name_marks
from kesher.core.matching.records import Record
from kesher.core.matching.scoring import LIKELY, POSSIBLE, SAFE, Scorer
from kesher.customers.match_keys import Met, meet
from kesher.customers.match_records import Known, known_customers
from kesher.customers.models import Alike, Customer, NameCount
from kesher.customers.policy import CONTACT, PERSONAL

GROUNDS = {
    CONTACT: ("phone", "email", "local", "employer", "mailed", "street"),
    PERSONAL: ("birth", "swapped"),
}
NOTHING = {name: () if name == "mailed" else "" for names in GROUNDS.values() for name in names}

UNSURE = frozenset(("given:none", "family:none", "given:initial", "given:other", "given:some"))
OTHER_FIRST = frozenset(("given:other", "given:some"))
RELATIVES = frozenset(("birth:other", "household"))  # or namesakes: never more than possible
GROWTH = 1.2  # of the base, after which its names are counted anew


@dataclass(frozen=True)
class Compared:
    """A customer and another one who may be the same."""

    one: int
    other: int
    score: float
    level: str
    features: tuple[str, ...]
    is_binned: bool  # the other one

    @property
    def is_strong(self) -> bool:
        """Whether more than names speaks for it."""
        return not STRONG.isdisjoint(self.features)

    @property
    def is_relative(self) -> bool:
        """Whether it is surely somebody else: of another birthday and another first name."""
        return "birth:other" in self.features and not OTHER_FIRST.isdisjoint(self.features)

    @property
    def rests_on(self) -> str:
        """The classifications of what was compared: who may not read all of it, sees nothing."""
        said = {f.partition(":")[0] for f in self.features if not f.endswith(":none")}
        return " ".join(one for one, names in GROUNDS.items() if not said.isdisjoint(names))


def compared(customers: Collection[Known], actor: Actor | None = None) -> dict[int, list[Compared]]:
    """Each of these customers compared with those he meets, by what the actor may read."""
    hidden = [one for one in GROUNDS if actor is not None and not actor.cleared_for(one)]
    asked = [_blanked(one, hidden) for one in customers]
    met = meet(asked)
    partners = {one.number: met[one.number].closest() for one in asked}
    stored = [one.number for one in asked if one.number]
    for one, other in _found_before(stored) if stored else ():
        partners.setdefault(one, []).append(other)
    others = known_customers({number for numbers in partners.values() for number in numbers})
    scorer = Scorer(_census([*asked, *others.values()], met.values()))
    return {
        one.number: [
            _pair(scorer, one, _blanked(others[number], hidden))
            for number in dict.fromkeys(partners[one.number])
            if number in others and others[number].kind == one.kind
        ]
        for one in asked
    }


def _found_before(numbers: Collection[int]) -> Iterable[tuple[int, int]]:
    """Pairs that were found from the other side, or by keys that more people share since."""
    for this, that in (("customer", "other"), ("other", "customer")):
        yield from found_among(Alike, this, numbers, f"{this}_id", f"{that}_id")


def _blanked(one: Known, hidden: Collection[str]) -> Known:
    """A customer without what carries these classifications."""
    if not hidden:
        return one
    empty = {name: NOTHING[name] for each in hidden for name in GROUNDS[each]}
    return replace(one, records=(replace(one.records[0], **empty),))


def _pair(scorer: Scorer, one: Known, other: Known) -> Compared:
    pair = scorer.pair(*one.facing(other))
    level = LIKELY if pair.level == SAFE and not _is_safe(one, pair.features) else pair.level
    level = level if RELATIVES.isdisjoint(pair.features) else POSSIBLE
    return Compared(one.number, other.number, pair.score, level, pair.features, other.is_binned)


def _is_safe(one: Known, features: Collection[str]) -> bool:
    """Of people alone, and neither by names without a number nor by a number without names."""
    is_person = one.kind == Customer.Kind.PERSON
    return is_person and UNSURE.isdisjoint(features) and not STRONG.isdisjoint(features)


def _census(customers: Iterable[Known], met: Iterable[Met]) -> Census:
    """How common the numbers and names of these customers are in the whole base."""
    records = [record for one in customers for record in one.records]
    shared: dict[str, dict[str, int]] = {"p": defaultdict(int), "e": defaultdict(int)}
    for one in met:
        for key, sharers in one.sharers.items():
            shared[key[0]][key[1:]] = max(shared[key[0]][key[1:]], len(sharers) + 1)
    counts = _counts({mark for record in records for mark in marks_of(record)})
    given = {name[1:]: count for name, count in counts.items() if name[:1] == "g"}
    family = {name[1:]: count for name, count in counts.items() if name[:1] == "f"}
    return Census(counts.get("") or base_size(), shared["p"], shared["e"], given, family)


def marks_of(one: Record) -> list[str]:
    """By what the names of a customer are counted: given and family names apart."""
    given = [f"g{mark}"[:60] for mark in name_marks(one.first)]
    return given + [f"f{mark}"[:60] for mark in name_marks(one.last)]


def names_are_counted() -> bool:
    """Whether the names were counted when there were nearly as many customers as now."""
    counted = NameCount.objects.filter(name="").values_list("count", flat=True).first() or 0
    return Customer.objects.count() <= counted * GROWTH


def base_size() -> int:
    """How many customers there are, while nobody counted their names yet."""
    return max(1, Customer.objects.count())


def _counts(marks: Collection[str]) -> Mapping[str, int]:
    return dict(found_among(NameCount, "name", ["", *marks], "name", "count"))
