"""Customers from a file: who they are, how to reach them, where they belong and where they work."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, readable, require_kind, sight, visible
from kesher.core.among import found_among
from kesher.core.archiving import record_meant
from kesher.core.changes import plain
from kesher.core.importing.kinds import (
    Column,
    Importable,
    Outcome,
    Plan,
    Read,
    Verdict,
    column_of,
    importable,
    refused,
)
from kesher.core.importing.memory import Memory
from kesher.core.importing.reading import Line
from kesher.core.importing.refusals import LineRefused, NotKept, SaidOtherwise
from kesher.core.importing.values import Place
from kesher.core.own.catalogue import own_field, words_of
from kesher.core.own.index import own_of
from kesher.core.prepared import prepared
from kesher.core.refusal import Refusal
from kesher.core.search import indexed_once
from kesher.core.text import fold
from kesher.customers.commands.adding import NewCustomer, NumberTaken, add_customers
from kesher.customers.commands.assigning import assign
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.contacts import add_contact
from kesher.customers.commands.leaving import archive, restore
from kesher.customers.commands.tying import NewTie, add_ties
from kesher.customers.import_columns import COLUMNS, names_whole
from kesher.customers.import_further import columns_with_further, further_shown, write_further
from kesher.customers.import_matching import (
    Doubtful,
    Held,
    Known,
    Wanted,
    contradicted,
    differences,
    keys_of,
    remember,
    whom,
)
from kesher.customers.import_own import own_columns
from kesher.customers.import_reading import Ours, kind_by
from kesher.customers.import_wins import Judged, Wins, note_contradictions
from kesher.customers.models import ContactPoint, Customer, Tie
from kesher.customers.points import Address, Reading
from kesher.organization.models import Branch, Member
from kesher.organization.queries import business

NEW = 0
TELLING = ("name", "reference", "city", "birth_on")
LABELLED = {"owner_id": "owner", "points": "phone"}
BELONGING = {  # a column that names whom somebody belongs to, as what, and of which kind that is
    "company": (Tie.Role.EMPLOYEE, Customer.Kind.ORGANISATION),
    "household": (Tie.Role.MEMBER, Customer.Kind.HOUSEHOLD),
}
# In tables of their own, or done by commands of their own.
BESIDE = ("points", "tags", "branches", "archived", "back", "more", *BELONGING)


class InBin(LineRefused):
    message = _("This customer is in the bin. Restore him first, or take the line out.")


def place_of_business() -> Place:
    """Where and when files are read: in the business's country, today."""
    ours = business()
    zone = ZoneInfo(ours.time_zone)
    return Place(ours.country, ours.currency, timezone.localdate(timezone=zone), zone)


@dataclass
class Task:
    """What is to be written of one line, and about whom."""

    wanted: Wanted
    entry: int
    held: Held | None = None
    differences: Mapping[str, Any] = field(default_factory=dict)
    judged: Judged | None = None


@importable
class Customers(Importable):
    name = "customers"
    label = _("customers")
    needs = (("name", "first_name", "last_name", "company", "reference"),)
    own_number = "reference"
    match_by = ("phone", "email", "name")

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those of customers, the business's own first, and what parts above let a file bring."""
        return (*own_columns(), *columns_with_further(COLUMNS))

    def place(self, by: Actor) -> Place:
        return place_of_business()

    def require(self, by: Actor) -> None:
        require_kind(by, "add", Customer)

    def settled(self, found: dict[str, list[int]], headings: Sequence[str]) -> dict[str, list[int]]:
        """“Όνομα” is a first name beside a family name, and the whole name where there is none."""
        is_alone = not found.keys() & {"last_name", "middle_name", "name"}
        if is_alone and "first_name" in found and names_whole(headings[found["first_name"][0]]):
            found["name"] = found.pop("first_name")
        return found

    def judge(
        self, by: Actor, lines: Sequence[Read], plan: Plan, memory: Memory, place: Place
    ) -> list[Verdict]:
        ours = Ours(by)
        read: list[tuple[Read, Wanted | Verdict]] = []
        for one in lines:
            try:
                read.append((one, ours.wanted(one[1])))
            except Refusal as refusal:
                read.append((one, refused(one[0], refusal)))
        wanted = [found for _one, found in read if isinstance(found, Wanted)]
        known = Known(by, wanted, plan)
        judging = _Judging(ours, plan, known, memory, Wins(plan, known.held))
        return [
            found if isinstance(found, Verdict) else judging.judge(one, found)
            for one, found in read
        ]

    def write(self, by: Actor, verdicts: Sequence[Verdict], plan: Plan, memory: Memory) -> None:
        new = [v.wanted for v in verdicts if v.outcome == Outcome.CREATED]
        known = [v.wanted for v in verdicts if v.outcome == Outcome.UPDATED]
        with indexed_once():
            made = _add(by, new, plan, memory)
            if known:
                _update(by, known, made, plan)
        if "arrival" in plan.options:
            tasks = [verdict.wanted for verdict in verdicts if isinstance(verdict.wanted, Task)]
            note_contradictions(plan, [(t.held, t.judged) for t in tasks if t.judged])


class _Judging:
    """Says of lines, one after the other, what becomes of them."""

    def __init__(self, ours: Ours, plan: Plan, known: Known, memory: Memory, wins: Wins):
        self.ours, self.plan, self.known, self.memory, self.wins = ours, plan, known, memory, wins

    def judge(self, read: Read, wanted: Wanted) -> Verdict:
        line, said = read
        keys = keys_of(wanted, self.plan.match)
        try:
            held = self._held(line, wanted, keys)
            if held and _is_his_employer(said, held):
                wanted = self.ours.wanted({**said, "kind": Customer.Kind.PERSON})
            if held and held.line and (fields := contradicted(wanted, held)):
                names = [_labelled(name) for name in fields]
                raise SaidOtherwise(line=held.line, fields=names)
        except Doubtful as doubt:
            return self._doubtful(line, wanted, doubt)
        except Refusal as refusal:
            return refused(line, refusal)
        judged = self.wins.judged(differences(wanted, held) if held else {}, held, wanted)
        found = judged.found
        entry = remember(self.memory, wanted, held, line.number, keys)
        known_as = Outcome.UPDATED if found else Outcome.UNCHANGED
        return Verdict(
            line,
            known_as if held else Outcome.CREATED,
            title=held.values["name"] if held and held.values.get("name") else wanted.title,
            changes=_shown_changes(found, held) if held else (),
            wanted=Task(wanted, entry, held, found, judged),
        )

    def _held(self, line: Line, wanted: Wanted, keys: Sequence[str]) -> Held | None:
        number = wanted.values.get("reference")
        if number in self.known.out_of_reach:
            raise NumberTaken(number=number)
        try:
            held = whom(wanted, keys, self.plan.match, self.known, self.memory)
        except Doubtful as doubt:
            held = self._decided(line, doubt)
        if held and held.is_binned and not held.is_taken_back:
            raise InBin
        if held and held.pk and held.pk == record_meant(number or ""):
            del wanted.values["reference"]  # the name that files gave to who has no number
        elif held and held.pk and held.pk == self.known.merged.get(number):
            _only_fill(wanted, held)
        return held

    def _decided(self, line: Line, doubt: Doubtful) -> Held | None:
        """Whom a doubtful line is about, as somebody said; nobody yet known if he said so."""
        said = self.plan.options.get("decided", {}).get(str(line.number))
        if said == NEW:
            return None
        chosen = [held for held in doubt.held if said and held.pk == said]
        if not chosen:
            raise doubt
        return chosen[0]

    def _doubtful(self, line: Line, wanted: Wanted, doubt: Doubtful) -> Verdict:
        candidates = [(held.pk, _called(self.ours.by, held)) for held in doubt.held if held.pk]
        return Verdict(
            line, Outcome.DOUBTFUL, title=wanted.title, reason=doubt, candidates=candidates
        )


def _only_fill(wanted: Wanted, held: Held) -> None:
    """What a list says of one who was merged adds to the other, and takes nothing from him."""
    for name in [name for name in wanted.values if held.values.get(name) not in (None, "", [])]:
        del wanted.values[name]
    wanted.values.pop("reference", None)
    wanted.source = "" if held.source else wanted.source


def _called(by: Actor, held: Held) -> str:
    """What tells a customer from others of his number or name, as far as the actor may read it."""
    may_read = readable(by, Customer)
    said = (held.values.get(name) for name in TELLING if name in may_read)
    return " · ".join(str(plain(one)) for one in said if one)


def _is_his_employer(said: Mapping[str, Any], held: Held) -> bool:
    """A company beside the number of a person who is known is where he works."""
    is_person = held.values.get("kind", Customer.Kind.PERSON) == Customer.Kind.PERSON
    return is_person and "kind" not in said and kind_by(said) != Customer.Kind.PERSON


def _labelled(name: str) -> Any:
    return column_of(Customers(), LABELLED.get(name, name)).label


def _label(name: str) -> str:
    return str(_labelled(name))


def _shown_changes(found: Mapping[str, Any], held: Held) -> list[tuple[str, str, str]]:
    """What a line changes, for people: field, old value, new value."""
    changes = []
    for name, value in found.items():
        if name == "more":
            changes += further_shown(value)
        elif name == "back":
            changes.append((gettext("In the bin"), gettext("Yes"), gettext("No")))
        elif name == "points":
            changes += [(str(ContactPoint.Kind(p.kind).label), "", p.raw) for p in value]
        elif own := own_field("customers", name):
            words = [words_of(own, one) for one in (held.values.get(name), value)]
            changes.append((own.label, *words))
        elif isinstance(value, list):
            changes.append((_label(name), "", ", ".join(str(one) for one in value)))
        else:
            old = held.source if name == "source" else held.values.get(name)
            changes.append((_label(name), str(plain(old) or ""), str(plain(value))))
    return changes


# ---- writing


def _add(by: Actor, tasks: Sequence[Task], plan: Plan, memory: Memory) -> dict[int, Customer]:
    """Take in the new ones; returns them by their entry in the memory of the file."""
    if not tasks:
        return {}
    usual = _usual_branches(plan)
    new = [_new(task.wanted, usual) for task in tasks]
    added = add_customers(by=by, customers=new, batch=plan.batch)
    memory.became((task.entry, one.pk) for task, one in zip(tasks, added, strict=True))
    _put_aside(by, [(c, t.wanted.archived) for c, t in zip(added, tasks, strict=True)], plan)
    _place_in(by, [(c, vars(t.wanted)) for c, t in zip(added, tasks, strict=True)], usual, plan)
    write_further(by, [(c, t.wanted.more) for c, t in zip(added, tasks, strict=True)], plan)
    return {task.entry: customer for task, customer in zip(tasks, added, strict=True)}


def _usual_branches(plan: Plan) -> list[Branch]:
    """Where customers belong whose line names no branch: as chosen, else the only branch."""
    chosen = plan.options.get("branches")
    if chosen is not None:
        return list(Branch.objects.filter(pk__in=chosen))
    some = _first_branches()
    return some if len(some) == 1 else []


@prepared()
def _first_branches() -> QuerySet[Branch]:
    return Branch.objects.all()[:2]


def _new(wanted: Wanted, usual: Iterable[Branch]) -> NewCustomer:
    values = dict(wanted.values)
    owner = values.pop("owner_id", None)
    own = {name: values.pop(name) for name in own_of(values)}
    return NewCustomer(
        **{"name": wanted.title} | values,
        own=own,
        owner=Member.objects.get(pk=owner) if owner else None,
        points=wanted.points,
        tags=wanted.tags,
        source=wanted.source,
        branches=wanted.branches or list(usual),
    )


def _address(point: Reading) -> Address:
    return Address(point.street, point.city, point.postcode, point.country, point.raw)


def _update(by: Actor, tasks: Sequence[Task], made: Mapping[int, Customer], plan: Plan) -> None:
    """Write what lines add to customers who are there, by the commands that write each of it."""
    ids = {task.held.pk for task in tasks if task.held and task.held.pk}
    binned = {task.held.pk for task in tasks if task.held and "back" in task.differences}
    rows = visible(by, Customer, "change")
    if binned:
        restore(by=by, customers=rows.filter(pk__in=binned), batch=plan.batch)
    there = {row.pk: row for row in rows.filter(pk__in=ids)}
    people: list[tuple[Customer, Mapping[str, Any]]] = []
    for task in tasks:
        held = task.held
        assert held is not None  # noqa: S101 - an update is of somebody
        customer = there.get(held.pk) if held.pk else made.get(held.entry or 0)
        if customer is None:
            raise NotKept  # he was taken away this very moment
        _write(by, customer, task.differences, plan.batch)
        _put_aside(by, [(customer, task.differences.get("archived"))], plan)
        people.append((customer, task.differences))
    _place_in(by, people, _usual_branches(plan), plan)
    write_further(by, [(customer, found.get("more", {})) for customer, found in people], plan)


def _write(by: Actor, customer: Customer, found: Mapping[str, Any], batch: str) -> None:
    columns = {name: value for name, value in found.items() if name not in BESIDE}
    if columns:
        change_customer(by=by, customer=customer, values=columns, batch=batch)
    for point in found.get("points", ()):
        value = _address(point) if point.kind == ContactPoint.Kind.ADDRESS else point.raw
        add_contact(by=by, customer=customer, kind=point.kind, value=value, batch=batch)
    if found.get("tags") or found.get("branches"):
        assign(
            by=by, customers=[customer], add_tags=found.get("tags", ()),
            add_branches=found.get("branches", ()), batch=batch,
        )  # fmt: skip


def _put_aside(
    by: Actor, people: Sequence[tuple[Customer, datetime.datetime | None]], plan: Plan
) -> None:
    for moment in sorted({moment for _customer, moment in people if moment}):
        some = [customer for customer, one in people if one == moment]
        archive(by=by, customers=some, now=moment, batch=plan.batch)


def _place_in(
    by: Actor, people: Sequence[tuple[Customer, Mapping[str, Any]]], usual: Sequence[Branch],
    plan: Plan,
) -> None:  # fmt: skip
    """Tie people to where they work and live; what is not there yet is taken in."""
    for column, (role, kind) in BELONGING.items():
        named = [(customer, said[column]) for customer, said in people if said.get(column)]
        if not named:
            continue
        there = _there(by, kind, [name for _customer, name in named], usual, plan)
        ties = [
            NewTie(customer=customer, other=there[fold(name)], role=role)
            for customer, name in named
            if there[fold(name)].pk != customer.pk
        ]
        add_ties(by=by, ties=ties, batch=plan.batch)


def _there(
    by: Actor, kind: str, names: Sequence[str], usual: Sequence[Branch], plan: Plan
) -> dict[str, Customer]:
    """The customers of a kind by name, the oldest of each that the actor may see, or a new one."""
    where = sight(by, Customer) & Q(kind=kind, binned_at__isnull=True)
    keys = {fold(name)[:200] for name in names}
    rows = found_among(Customer, "sort_name", keys, where=where, order=("-pk",))
    found = {row.sort_name: row for row in rows}
    missing = {fold(name): name for name in reversed(names) if fold(name) not in found}
    if missing:
        new = [NewCustomer(kind=kind, name=name, branches=[*usual]) for name in missing.values()]
        added = add_customers(by=by, customers=new, batch=plan.batch)
        found |= {fold(one.name): one for one in added}
    return found
