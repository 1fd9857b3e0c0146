"""Who a line of a file is about: found by number, by what lines are matched by, or by all it says.

A file may name the same customer twice. What its lines say together is kept; where they say
different things, the later line is refused, so that the same file again changes nothing.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, sight
from kesher.core.among import found_among
from kesher.core.archiving import record_meant
from kesher.core.changes import plain
from kesher.core.importing.kinds import Plan
from kesher.core.importing.memory import Memory
from kesher.core.importing.queries import taken_back
from kesher.core.importing.refusals import LineRefused
from kesher.core.models import Change
from kesher.core.text import fold
from kesher.customers import typed
from kesher.customers.import_further import further_differences, further_held
from kesher.customers.import_own import values_held
from kesher.customers.mergers import survivors_by_number
from kesher.customers.models import (
    Customer,
    CustomerBranch,
    CustomerContact,
    CustomerTag,
    Tie,
)
from kesher.customers.points import Reading
from kesher.organization.models import Branch


class Doubtful(LineRefused):
    """A line may be about several customers: somebody who knows them says which."""

    message = _("%(count)s customers share “%(what)s”, and none of them has exactly this name.")

    def __init__(self, held: Sequence[Held], what: str):
        super().__init__(count=len(held), what=f"\u2068{what}\u2069")  # numbers never turn round
        self.held = held


COMPARED = (
    "kind", "first_name", "last_name", "name", "reference", "gender", "birth_on", "language",
    "city", "preferred_channel", "stage", "since_on", "about", "owner_id",
)  # fmt: skip

PointKey = tuple[str, str]
BELONGING = {Tie.Role.EMPLOYEE: "companies", Tie.Role.MEMBER: "households"}


@dataclass
class Wanted:
    """What a line says of a customer, brought into the form in which it is kept."""

    title: str  # the name as it is shown
    sort_name: str
    values: dict[str, Any] = field(default_factory=dict)  # columns of the customer that it says
    points: list[Reading] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    source: str = ""
    company: str = ""
    household: str = ""
    archived: datetime.datetime | None = None
    more: dict[str, Any] = field(default_factory=dict)  # for parts above


@dataclass
class Held:
    """What is known of a customer already: in the database, or from an earlier line of the file."""

    pk: int | None = None
    line: int | None = None  # of this file, that spoke of him before
    entry: int | None = None  # in the memory of the file
    title: str = ""  # the name as it is shown, with what the file gave him
    sort_name: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)  # what that line gave
    points: set[PointKey] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    branches: set[int] = field(default_factory=set)
    source: str = ""
    is_archived: bool = False
    companies: set[str] = field(default_factory=set)  # folded
    households: set[str] = field(default_factory=set)  # likewise
    is_binned: bool = False
    is_taken_back: bool = False  # into the bin, by undoing the import that had brought him
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return self.values.get("reference") or ""


def keys_of(wanted: Wanted, match: Iterable[str]) -> list[str]:
    """What the line is known by, strongest first."""
    keys = []
    if wanted.values.get("reference"):
        keys.append(f"reference:{wanted.values['reference']}")
    for name in match:
        if name in ("phone", "email"):
            keys += [f"{name}:{point.normal}" for point in wanted.points if point.kind == name]
        elif name == "name":
            keys.append(f"name:{wanted.sort_name}")
    return keys


class Known:
    """The customers in the database that some lines may be about."""

    def __init__(self, by: Actor, lines: Sequence[Wanted], plan: Plan):
        match, batch, is_fed = plan.match, plan.batch, "arrival" in plan.options
        self.held: dict[int, Held] = {}
        self.by_key: dict[str, list[int]] = {}
        self.by_name: dict[str, list[int]] = {}
        self.out_of_reach: set[str] = set()  # numbers of customers that are not the actor's
        self.merged: dict[str, int] = {}  # numbers of those who were merged, and with whom
        self.seen = sight(by, Customer, "change")
        self._by_reference(lines)
        for kind in ("phone", "email"):
            if kind in match:
                self._by_point(lines, kind)
        keyless = [wanted for wanted in lines if not keys_of(wanted, match)]
        self._by_name(lines if "name" in match else keyless)
        self._fill()
        if not is_fed and by.scope(Customer, "bin"):
            self._tell_taken_back()
        self.made_here = self._made_in(batch) if keyless else set()
        if any(wanted.more for wanted in lines):
            for pk, more in further_held(list(self.held)).items():
                self.held[pk].more = more

    def _rows(self, column: str, values: Iterable[Any]) -> list[Customer]:
        return found_among(Customer, column, values, where=self.seen, related=("source",))

    def _by_reference(self, lines: Sequence[Wanted]) -> None:
        numbers = {w.values["reference"] for w in lines if w.values.get("reference")}
        if not numbers:
            return
        for row in self._rows("reference", numbers):
            self._add(row, f"reference:{row.reference}")
        if ours := {pk: number for number in numbers if (pk := record_meant(number))}:
            for row in self._rows("pk", ours):
                self._add(row, f"reference:{ours[row.pk]}")
        taken = found_among(Customer, "reference", numbers, "reference")
        self.out_of_reach = set(taken) - {held.reference for held in self.held.values()}
        self._by_merged(numbers - self.out_of_reach)

    def _by_merged(self, numbers: set[str]) -> None:
        """A line with the number of one who was merged is about the one who goes on."""
        self.merged = survivors_by_number(
            {number for number in numbers if f"reference:{number}" not in self.by_key}
        )
        for row in self._rows("pk", set(self.merged.values())):
            for number in [name for name, pk in self.merged.items() if pk == row.pk]:
                self._add(row, f"reference:{number}")
        self.out_of_reach |= {n for n, pk in self.merged.items() if pk not in self.held}

    def _by_point(self, lines: Sequence[Wanted], kind: str) -> None:
        points = {p.normal for w in lines for p in w.points if p.kind == kind}
        uses = found_among(
            CustomerContact, "point__normal", points, "customer_id", "point__normal",
            where=Q(point__kind=kind),
        )  # fmt: skip
        normals: dict[int, list[str]] = {}
        for pk, normal in uses:
            normals.setdefault(pk, []).append(normal)
        for row in self._rows("pk", normals):
            for normal in normals[row.pk]:
                self._add(row, f"{kind}:{normal}")

    def _by_name(self, lines: Sequence[Wanted]) -> None:
        for row in self._rows("sort_name", {wanted.sort_name for wanted in lines}):
            self._add(row, f"name:{row.sort_name}")
            self.by_name.setdefault(row.sort_name, []).append(row.pk)

    def _add(self, row: Customer, key: str) -> None:
        pks = self.by_key.setdefault(key, [])
        if row.pk not in pks:
            pks.append(row.pk)
        if row.pk not in self.held:
            self.held[row.pk] = Held(
                pk=row.pk,
                title=row.name,
                sort_name=row.sort_name,
                values=values_held(row, COMPARED),
                source=row.source.name if row.source else "",
                is_binned=row.binned_at is not None,
                is_archived=row.archived_at is not None,
            )

    def _fill(self) -> None:
        """What hangs on these customers: contact points, tags, branches, employers."""
        if not self.held:
            return

        def hanging(model: Any, *columns: str, **narrower: Any) -> Any:
            where = Q(**narrower)
            return found_among(model, "customer", self.held, "customer_id", *columns, where=where)

        for pk, kind, normal in hanging(CustomerContact, "point__kind", "point__normal"):
            self.held[pk].points.add((kind, normal))
        for pk, tag in hanging(CustomerTag, "tag__name"):
            self.held[pk].tags.add(tag)
        for pk, branch in hanging(CustomerBranch, "branch_id"):
            self.held[pk].branches.add(branch)
        belonging = {"role__in": list(BELONGING), "ends_on__isnull": True}
        for pk, role, name in hanging(Tie, "role", "other__name", **belonging):
            getattr(self.held[pk], BELONGING[role]).add(fold(name))

    def _tell_taken_back(self) -> None:
        """A file comes again after its undo. (A source goes on sending what somebody undid.)"""
        binned = [pk for pk, held in self.held.items() if held.is_binned]
        for pk in taken_back(Customer, binned) if binned else ():
            self.held[pk].is_taken_back = True

    def _made_in(self, batch: str) -> set[int]:
        """Those that this very import added: to lines without a number they are other people."""
        if not self.held:
            return set()
        first = Q(kind=Customer._meta.label_lower, batch=batch, before__isnull=True)
        return set(found_among(Change, "record_id", self.held, "record_id", where=first))

    def candidates(self, key: str) -> list[Held]:
        """Who goes by this key."""
        return [self.held[pk] for pk in self.by_key.get(key, ())]

    def namesakes(self, sort_name: str) -> list[Held]:
        """Who has exactly this name."""
        return [self.held[pk] for pk in self.by_name.get(sort_name, ())]


def whom(
    wanted: Wanted, keys: Sequence[str], match: Sequence[str], known: Known, memory: Memory
) -> Held | None:
    """The customer a line is about, None for a new one; refuses when it may be several."""
    for key in keys:
        found = _by_key(key, known, memory)
        if not key.startswith("reference:"):
            found = [held for held in found if _may_be(wanted, held)]
        if len(found) > 1:
            found = [held for held in found if held.title == wanted.title] or found
        if len(found) > 1:
            raise Doubtful(found, key.partition(":")[2])
        if found:
            return found[0]
    if keys:
        return None
    repeated = _by_key(_all_said(wanted), known, memory)
    if repeated:
        return repeated[0]
    same = [held for held in _namesakes(wanted, known, memory) if not differences(wanted, held)]
    return min(same, key=lambda held: (held.is_binned, held.pk), default=None)


def _namesakes(wanted: Wanted, known: Known, memory: Memory) -> list[Held]:
    """Who has exactly this name by now, and was not added by this file."""
    found = _all_of(f"named:{wanted.sort_name}", known.namesakes(wanted.sort_name), known, memory)
    return [
        held for held in found
        if held.sort_name == wanted.sort_name and held.pk not in known.made_here
    ]  # fmt: skip


def _may_be(wanted: Wanted, held: Held) -> bool:
    """Two numbers are two customers, and who is in the bin is matched by number only."""
    number = wanted.values.get("reference")
    return not held.is_binned and not (number and held.reference and number != held.reference)


def _by_key(key: str, known: Known, memory: Memory) -> list[Held]:
    """Everybody under a key; whom the file spoke of before, with what it said."""
    found = _all_of(key, known.candidates(key), known, memory)
    kind, _colon, name = key.partition(":")
    return [held for held in found if kind != "name" or held.sort_name == name]


def _all_of(key: str, candidates: Iterable[Held], known: Known, memory: Memory) -> list[Held]:
    found = [_from_memory(entry, said, known) for entry, said in memory.recall(key)]
    seen = {held.pk for held in found if held.pk}
    for there in candidates:
        if there.pk not in seen:
            before = memory.recall(f"pk:{there.pk}")
            found.append(_from_memory(*before[0], known) if before else there)
    return found


def _all_said(wanted: Wanted) -> str:
    """All that a line says, as a key: for lines that nothing else tells apart."""
    said = [
        wanted.title, sorted((k, plain(v)) for k, v in wanted.values.items()),
        sorted(point.key for point in wanted.points), sorted(wanted.tags), wanted.source,
        wanted.company, wanted.household, sorted(branch.pk for branch in wanted.branches),
    ]  # fmt: skip
    return "said:" + hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()


def differences(wanted: Wanted, held: Held) -> dict[str, Any]:
    """What a line says that is not known of the customer yet, by column."""
    found = {
        name: value
        for name, value in wanted.values.items()
        if plain(value) != plain(held.values.get(name))
    }
    points = [point for point in wanted.points if point.key not in held.points]
    tags = [tag for tag in wanted.tags if tag not in held.tags]
    branches = [branch for branch in wanted.branches if branch.pk not in held.branches]
    company = wanted.company if fold(wanted.company) not in held.companies else ""
    household = wanted.household if fold(wanted.household) not in held.households else ""
    source = wanted.source if wanted.source != held.source else ""
    more = {"points": points, "tags": tags, "branches": branches, "company": company,
            "household": household, "source": source,
            "archived": None if held.is_archived else wanted.archived,
            "back": held.is_taken_back}  # fmt: skip
    more["more"] = further_differences(wanted.more, held.more) if wanted.more else {}
    return found | {name: value for name, value in more.items() if value}


def contradicted(wanted: Wanted, held: Held) -> list[str]:
    """The columns of which an earlier line of the file said something else."""
    return [
        name
        for name, value in wanted.values.items()
        if name in held.given and held.given[name] != plain(value)
    ]


def _from_memory(entry: int, said: Mapping[str, Any], known: Known) -> Held:
    there = known.held.get(said["pk"]) if said["pk"] else None
    points = {(kind, normal) for kind, normal in said["points"]}
    return Held(
        pk=said["pk"],
        line=said["line"],
        entry=entry,
        title=said["title"],
        sort_name=said["sort_name"],
        values=(there.values if there else {}) | said["values"],
        given=said["values"],
        points=points | (there.points if there else set()),
        tags={*said["tags"]} | (there.tags if there else set()),
        branches={*said["branches"]} | (there.branches if there else set()),
        source=said["source"] or (there.source if there else ""),
        companies={*said["companies"]} | (there.companies if there else set()),
        households={*said["households"]} | (there.households if there else set()),
        is_binned=there.is_binned and not there.is_taken_back if there else False,
        is_archived=said["archived"] or (there.is_archived if there else False),
        more=(there.more if there else {}) | said["more"],
    )


def remember(memory: Memory, wanted: Wanted, held: Held | None, line: int, keys: list[str]) -> int:
    """Keep what the line said, together with what earlier lines said of the same customer."""
    was = held or Held()
    title, sort_name = _called(wanted, was)
    said = {
        "pk": was.pk,
        "title": title,
        "sort_name": sort_name,
        "line": was.line or line,
        "values": was.given | {name: plain(value) for name, value in wanted.values.items()},
        "points": [[point.kind, point.normal] for point in wanted.points]
        + [list(key) for key in sorted(was.points)],
        "tags": sorted({*wanted.tags} | was.tags),
        "branches": sorted({branch.pk for branch in wanted.branches} | was.branches),
        "source": wanted.source or was.source,
        "archived": wanted.archived is not None or was.is_archived,
        "companies": sorted(({fold(wanted.company)} if wanted.company else set()) | was.companies),
        "households": sorted({*filter(None, [fold(wanted.household)])} | was.households),
    }
    said["more"] = was.more | further_differences(wanted.more, was.more)
    # All that it says is asked for by lines that have nothing else, and those say no such key.
    keys = [*keys, f"pk:{was.pk}"] if was.pk else keys or [_all_said(wanted)]
    if was.pk and sort_name != was.sort_name:
        keys.append(f"named:{sort_name}")
    return memory.remember(said, keys, was.entry)


def _called(wanted: Wanted, was: Held) -> tuple[str, str]:
    """What somebody is called after a line, as it is shown and as it is sorted."""
    if not was.title:
        return wanted.title, wanted.sort_name
    said = was.values | wanted.values
    if said.get("kind", Customer.Kind.PERSON) != Customer.Kind.PERSON:
        title = said.get("name") or was.title
        return title, typed.sort_name("", "", title)
    first, last = said.get("first_name") or "", said.get("last_name") or ""
    title = f"{first} {last}".strip() or was.title
    return title, typed.sort_name(first, last, title)
