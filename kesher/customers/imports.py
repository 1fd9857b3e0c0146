"""Customers from a file: who they are, how to reach them, where they belong and where they work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require_kind, visible
from kesher.core.changes import plain
from kesher.core.importing.kinds import (
    Importable,
    Outcome,
    Plan,
    Read,
    Verdict,
    column_of,
    importable,
)
from kesher.core.importing.memory import Memory
from kesher.core.importing.reading import Line
from kesher.core.importing.refusals import LineRefused, SaidOtherwise, shown
from kesher.core.importing.values import Place
from kesher.core.refusal import Refusal
from kesher.core.text import fold
from kesher.customers import typed
from kesher.customers.commands.adding import NewCustomer, NumberTaken, add_customers
from kesher.customers.commands.assigning import assign
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.contacts import add_contact
from kesher.customers.commands.tying import NewTie, add_ties
from kesher.customers.import_columns import COLUMNS
from kesher.customers.import_matching import (
    Held,
    Known,
    Wanted,
    contradicted,
    differences,
    keys_of,
    remember,
    whom,
)
from kesher.customers.models import ContactPoint, Customer, Tie
from kesher.customers.points import Address, Reading, read_address
from kesher.organization.models import Branch, Member
from kesher.organization.queries import business

SIMPLE = (
    "reference", "gender", "birth_on", "language", "preferred_channel", "stage", "since_on",
    "about", "city",
)  # fmt: skip
LABELLED = {"owner_id": "owner", "points": "phone"}


class OwnerUnknown(LineRefused):
    message = _("Nobody of the staff is called “%(name)s” or signs in with that address.")


class BranchUnknown(LineRefused):
    message = _("There is no branch “%(name)s”.")


class InBin(LineRefused):
    message = _("This customer is in the bin. Restore him first, or take the line out.")


def place_of_business() -> Place:
    """Where and when files are read: in the business's country, today."""
    ours = business()
    return Place(ours.country, ours.currency, timezone.localdate())


@dataclass
class Task:
    """What is to be written of one line, and about whom."""

    wanted: Wanted
    entry: int
    held: Held | None = None
    differences: Mapping[str, Any] = field(default_factory=dict)


@importable
class Customers(Importable):
    name = "customers"
    label = _("customers")
    columns = COLUMNS
    needs = (("name", "first_name", "last_name", "company", "reference"),)
    match_by = ("phone", "email", "name")

    def place(self, by: Actor) -> Place:
        return place_of_business()

    def require(self, by: Actor) -> None:
        require_kind(by, "add", Customer)

    def judge(
        self, by: Actor, lines: Sequence[Read], plan: Plan, memory: Memory, place: Place
    ) -> list[Verdict]:
        ours = _Ours(by)
        read: list[tuple[Line, Wanted | Verdict]] = []
        for line, said in lines:
            try:
                read.append((line, ours.wanted(said)))
            except Refusal as refusal:
                read.append((line, _refused(line, refusal)))
        wanted = [one for _line, one in read if isinstance(one, Wanted)]
        known = Known(by, wanted, plan.match, plan.batch)
        return [
            one if isinstance(one, Verdict) else _judge(line, one, plan, known, memory)
            for line, one in read
        ]

    def write(self, by: Actor, verdicts: Sequence[Verdict], plan: Plan, memory: Memory) -> None:
        made = _add(by, [v.wanted for v in verdicts if v.outcome == Outcome.CREATED], plan, memory)
        tasks = [v.wanted for v in verdicts if v.outcome == Outcome.UPDATED]
        if tasks:
            _update(by, tasks, made, plan)


def _judge(line: Line, wanted: Wanted, plan: Plan, known: Known, memory: Memory) -> Verdict:
    keys = keys_of(wanted, plan.match)
    try:
        if wanted.values.get("reference") in known.out_of_reach:
            raise NumberTaken(number=wanted.values["reference"])
        held = whom(wanted, keys, plan.match, known, memory)
        if held and held.is_binned:
            raise InBin
        if held and held.line and (fields := contradicted(wanted, held)):
            raise SaidOtherwise(line=held.line, fields=", ".join(_label(name) for name in fields))
    except Refusal as refusal:
        return _refused(line, refusal)
    found = differences(wanted, held) if held else {}
    entry = remember(memory, wanted, held, line.number, keys)
    if held is None:
        outcome = Outcome.CREATED
    else:
        outcome = Outcome.UPDATED if found else Outcome.UNCHANGED
    return Verdict(
        line,
        outcome,
        title=wanted.title,
        changes=_shown_changes(found, held) if held else (),
        wanted=Task(wanted, entry, held, found),
    )


def _refused(line: Line, refusal: Refusal) -> Verdict:
    return Verdict(line, Outcome.REFUSED, reason=str(refusal))


def _label(name: str) -> str:
    return str(column_of(Customers, LABELLED.get(name, name)).label)


def _shown_changes(found: Mapping[str, Any], held: Held) -> list[tuple[str, str, str]]:
    """What a line changes, for people: field, old value, new value."""
    changes = []
    for name, value in found.items():
        if name == "points":
            changes += [(str(ContactPoint.Kind(p.kind).label), "", p.raw) for p in value]
        elif isinstance(value, list):
            changes.append((_label(name), "", ", ".join(str(one) for one in value)))
        else:
            old = held.source if name == "source" else held.values.get(name)
            changes.append((_label(name), str(plain(old) or ""), str(plain(value))))
    return changes


# ---- from cells to what is wanted


class _Ours:
    """What the business has under the names that files use: members and branches."""

    def __init__(self, by: Actor):
        self.by = by
        self._members: dict[str, int] | None = None
        self._branches: dict[str, Branch] | None = None

    def wanted(self, said: Mapping[str, Any]) -> Wanted:
        """What a line says, in the form in which it is kept."""
        kind = said.get("kind") or _kind_by(said)
        names = _names(kind, said)
        title = names.pop("title")
        values = {name: said[name] for name in SIMPLE if said.get(name)} | names
        if "kind" in said or kind != Customer.Kind.PERSON:
            values["kind"] = kind
        if said.get("owner"):
            values["owner_id"] = self.member(said["owner"])
        first, last = values.get("first_name", ""), values.get("last_name", "")
        return Wanted(
            title=title,
            sort_name=typed.sort_name(first, last, title),
            values=values,
            points=_points(said),
            tags=list(dict.fromkeys(said.get("tags", ()))),
            branches=[self.branch(name) for name in said.get("branches", ())],
            source=said.get("source", ""),
            company=said.get("company", "") if kind == Customer.Kind.PERSON else "",
        )

    def member(self, name: str) -> int:
        if self._members is None:
            rows = visible(self.by, Member).filter(is_active=True)
            self._members = {
                key: pk
                for pk, called, email in rows.values_list("pk", "name", "email")
                for key in (fold(called), email)
            }
        found = self._members.get(fold(name))
        if found is None:
            raise OwnerUnknown(name=shown(name))
        return found

    def branch(self, name: str) -> Branch:
        if self._branches is None:
            self._branches = {fold(row.name): row for row in visible(self.by, Branch)}
        found = self._branches.get(fold(name))
        if found is None:
            raise BranchUnknown(name=shown(name))
        return found


def _kind_by(said: Mapping[str, Any]) -> str:
    """A line with a company and no person is about the company."""
    is_person = any(said.get(name) for name in ("first_name", "last_name", "name"))
    return Customer.Kind.ORGANISATION if said.get("company") and not is_person else "person"


def _names(kind: str, said: Mapping[str, Any]) -> dict[str, str]:
    """The names that a line says, and the one that is shown; a number alone serves as a name."""
    first, last = said.get("first_name", ""), said.get("last_name", "")
    whole = said.get("name", "")
    if kind != Customer.Kind.PERSON:
        whole = whole or said.get("company", "") or f"{first} {last}".strip()
        first = last = ""
    is_said = bool(first or last or whole)
    first, last, title = typed.named(kind, first, last, whole or said.get("reference", ""))
    if not is_said:
        return {"title": title}
    if kind != Customer.Kind.PERSON:
        return {"title": title, "name": title}
    pairs = (("first_name", first), ("last_name", last))
    return {"title": title, **{name: text for name, text in pairs if text}}


def _points(said: Mapping[str, Any]) -> list[Reading]:
    found = [p for name in ("phone", "email", "fax", "messenger") for p in said.get(name, ())]
    street, raw, city = said.get("street", ""), said.get("address", ""), said.get("city", "")
    if raw and city and fold(city) not in fold(raw):
        raw = f"{raw}, {city}"
    if street or raw or said.get("postcode"):
        found.append(
            read_address(
                Address(
                    street=street, city=city, postcode=said.get("postcode", ""),
                    country=said.get("country", ""), raw="" if street else raw,
                )
            )
        )  # fmt: skip
    return list({point.key: point for point in found}.values())


# ---- writing


def _add(by: Actor, tasks: Sequence[Task], plan: Plan, memory: Memory) -> dict[int, Customer]:
    """Take in the new ones; returns them by their entry in the memory of the file."""
    if not tasks:
        return {}
    usual = _usual_branches(plan)
    new = [_new(task.wanted, usual) for task in tasks]
    added = add_customers(by=by, customers=new, batch=plan.batch)
    for task, customer in zip(tasks, added, strict=True):
        memory.amend(task.entry, {"pk": customer.pk}, f"pk:{customer.pk}")
    _employ(by, [(c, t.wanted.company) for c, t in zip(added, tasks, strict=True)], usual, plan)
    return {task.entry: customer for task, customer in zip(tasks, added, strict=True)}


def _usual_branches(plan: Plan) -> list[Branch]:
    """Where customers belong whose line names no branch: as chosen, else the only branch."""
    chosen = plan.options.get("branches")
    if chosen:
        return list(Branch.objects.filter(pk__in=chosen))
    some = list(Branch.objects.all()[:2])
    return some if len(some) == 1 else []


def _new(wanted: Wanted, usual: Iterable[Branch]) -> NewCustomer:
    values = dict(wanted.values)
    owner = values.pop("owner_id", None)
    of_kind = {kind: [p for p in wanted.points if p.kind == kind] for kind in ContactPoint.Kind}
    raw = {kind: [point.raw for point in points] for kind, points in of_kind.items()}
    return NewCustomer(
        **{"name": wanted.title} | values,
        owner=Member.objects.get(pk=owner) if owner else None,
        phones=raw["phone"],
        emails=raw["email"],
        faxes=raw["fax"],
        messengers=raw["messenger"],
        addresses=[_address(point) for point in of_kind["address"]],
        tags=wanted.tags,
        source=wanted.source,
        branches=wanted.branches or list(usual),
    )


def _address(point: Reading) -> Address:
    return Address(point.street, point.city, point.postcode, point.country, point.raw)


def _update(by: Actor, tasks: Sequence[Task], made: Mapping[int, Customer], plan: Plan) -> None:
    """Write what lines add to customers who are there, by the commands that write each of it."""
    ids = [task.held.pk for task in tasks if task.held and task.held.pk]
    there = {row.pk: row for row in visible(by, Customer, "change").filter(pk__in=ids)}
    people: list[tuple[Customer, str]] = []
    for task in tasks:
        held = task.held
        assert held is not None  # noqa: S101 - an update is of somebody
        customer = there[held.pk] if held.pk else made[held.entry or 0]
        _write(by, customer, task.differences, plan.batch)
        people.append((customer, task.differences.get("company", "")))
    _employ(by, people, _usual_branches(plan), plan)


def _write(by: Actor, customer: Customer, found: Mapping[str, Any], batch: str) -> None:
    columns = {n: v for n, v in found.items() if n not in ("points", "tags", "branches", "company")}
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


def _employ(
    by: Actor, people: Sequence[tuple[Customer, str]], usual: Sequence[Branch], plan: Plan
) -> None:
    """Tie people to the companies they work at; a company that is not there yet is taken in."""
    employed = [(customer, company) for customer, company in people if company]
    if not employed:
        return
    companies = _companies(by, {company for _customer, company in employed})
    missing = {fold(name): name for _customer, name in employed if fold(name) not in companies}
    if missing:
        new = [
            NewCustomer(kind=Customer.Kind.ORGANISATION, name=name, branches=list(usual))
            for name in missing.values()
        ]
        added = add_customers(by=by, customers=new, batch=plan.batch)
        companies |= {fold(one.name): one for one in added}
    ties = [
        NewTie(customer=customer, other=companies[fold(name)], role=Tie.Role.EMPLOYEE)
        for customer, name in employed
        if companies[fold(name)].pk != customer.pk
    ]
    add_ties(by=by, ties=ties, batch=plan.batch)


def _companies(by: Actor, names: Iterable[str]) -> dict[str, Customer]:
    """The organisations of these names that the actor may see, the oldest of each name."""
    rows = visible(by, Customer).filter(
        kind=Customer.Kind.ORGANISATION, sort_name__in={fold(name)[:200] for name in names},
        binned_at__isnull=True,
    )  # fmt: skip
    return {row.sort_name: row for row in rows.order_by("-pk")}
