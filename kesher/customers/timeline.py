"""What changed about a customer, in words, each field for those who may read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, label_of, may, readable
from kesher.core.columns import OWN_PREFIX
from kesher.core.models import Change
from kesher.core.own.catalogue import own_fields, words_of
from kesher.core.own.index import own_of
from kesher.core.own.models import OwnField
from kesher.core.prepared import Mark
from kesher.core.timeline import Entry, Place, Source, day_start, holding, source_of
from kesher.customers.models import Customer, Merger
from kesher.customers.queries import names_merged

CONTACTS = "contacts"  # not a column: what lies in the table of contact points
# Columns whose change says something to people.
TOLD = (
    "kind", "first_name", "last_name", "name", "reference", "gender", "birth_on", "language",
    "phone", "email", "city", "preferred_channel", "preferred_member", "preferred_days",
    "preferred_from", "preferred_until", "owner", "team", "source", "stage", "since_on", "about",
    "archived_at", "binned_at", "tags", "branches", CONTACTS,
)  # fmt: skip
LABELS = {
    "preferred_member": _("preferred colleague"),
    "owner": _("owner"),
    "team": _("team"),
    "source": _("source"),
    "tags": _("tags"),
    "branches": _("branches"),
    CONTACTS: _("contact details"),
}
BIRTHDAY_NEAR = 14  # days
LONG = frozenset({"about"})  # too long to be told twice


@dataclass(frozen=True)
class FieldChange:
    """One field: its name, and what it held before and after as people read it."""

    name: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Edit:
    """One write to the record: by whom, and which fields the reader may see of it."""

    by: str
    is_first: bool  # the customer was added
    fields: tuple[FieldChange, ...]


@source_of(Customer)
class Changes(Source):
    name = "change"
    model = Change
    kinds = {"change": _("Changes")}
    when = "happened_at"
    by_database_clock = True
    rank = 9

    def of(self, subject: int | Mark) -> QuerySet[Change]:
        return Change.objects.filter(kind=Customer._meta.label_lower, record_id=subject)

    def seen(self, actor: Actor, subject: Model) -> Q:
        return Q(before__isnull=True) | Q(after__has_any_keys=_keys(actor))

    def matching(self, rows: QuerySet[Change], text: str) -> QuerySet[Change]:
        return holding(rows, text, "actor")

    def drawn(self, actor: Actor, rows: list[Change]) -> list[Edit]:
        links = _links(actor, rows)
        told = [name for name in _told() if _reads(actor, name)]
        return [
            Edit(
                by=row.actor,
                is_first=row.before is None,
                fields=tuple(_fields(row, told, links)) if row.before is not None else (),
            )
            for row in rows
        ]


@dataclass(frozen=True)
class Joined:
    """Some were found to be this customer: who they were, who said so, and whether he was right."""

    pk: int
    by: str
    names: list[str]
    parted_by: str
    parted_at: datetime | None
    may_part: bool


@source_of(Customer)
class Mergers(Source):
    name = "merger"
    model = Merger
    kinds = {"merger": _("Mergers")}
    when = "merged_at"
    by_database_clock = True
    rank = 8

    def matching(self, rows: QuerySet[Merger], text: str) -> QuerySet[Merger]:
        return holding(rows, text, "merged_by", "gone__name")

    def drawn(self, actor: Actor, rows: list[Merger]) -> list[Joined]:
        names, may_part = names_merged(actor, rows), may(actor, "merge", Customer)
        return [
            Joined(
                row.pk, row.merged_by, names[row.pk], row.parted_by, row.parted_at,
                may_part and row.parted_at is None,
            )
            for row in rows
        ]  # fmt: skip


@source_of(Customer)
class Birthdays(Source):
    """A birthday that is near stands among what is to come; past ones are no news."""

    name = "birthday"
    model = Customer
    kinds: Mapping[str, Any] = {}
    when = "created_at"

    def counts(self, actor: Actor, subject: Customer) -> dict[str, int]:
        return {}

    def upcoming(
        self, actor: Actor, subject: Customer, today: date, rows: Sequence[Any] | None = None
    ) -> list[Entry]:
        born = subject.birth_on
        if born is None or "birth_on" not in readable(actor, Customer):
            return []
        day = next_birthday(born, today)
        if not 0 <= (day - today).days <= BIRTHDAY_NEAR:
            return []
        return [Entry(Place(day_start(day), self.name, subject.pk), "", day.year - born.year, True)]


def next_birthday(born: date, today: date) -> date:
    """The next day on which somebody celebrates; of the 29th of February it is the 1st of March."""
    for year in (today.year, today.year + 1):
        try:
            day = born.replace(year=year)
        except ValueError:
            day = date(year, 3, 1)
        if day >= today:
            return day
    return born


def _keys(actor: Actor) -> list[str]:
    return [key for name in _told() if _reads(actor, name) for key in _columns(name)]


def _told() -> list[str]:
    """Also the business's own fields, those that are retired as well."""
    return [*TOLD, *_own()]


def _own() -> dict[str, OwnField]:
    return {one.key: one for one in own_fields("customers", with_retired=True)}


def _reads(actor: Actor, name: str) -> bool:
    return ("phone" if name == CONTACTS else name) in readable(actor, Customer)


def _columns(name: str) -> tuple[str, ...]:
    if name == CONTACTS or name.startswith(OWN_PREFIX):
        return (name,)
    field = Customer._meta.get_field(name)
    return (name, field.attname) if field.many_to_one else (name,)


def _links(actor: Actor, rows: Iterable[Change]) -> dict[type[Model], dict[int, str]]:
    """The names of the records that the changes point to: one query a kind."""
    wanted: dict[type[Model], set[int]] = defaultdict(set)
    for row in rows:
        if row.before is None:  # of one who was added, no fields are told
            continue
        for held in (row.before, row.after or {}):
            for name in TOLD[:-1]:
                other = Customer._meta.get_field(name).related_model
                if other is not None:
                    wanted[other].update(_numbers(_held(held, name)))
    return {
        model: {one.pk: label_of(actor, one) for one in model._default_manager.filter(pk__in=ids)}
        for model, ids in wanted.items()
        if ids
    }


def _held(values: Mapping[str, Any], name: str) -> Any:
    return next((values[key] for key in _columns(name) if key in values), None)


def _numbers(value: Any) -> list[int]:
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, int)]


def _fields(
    row: Change, told: list[str], links: Mapping[type[Model], Mapping[int, str]]
) -> Iterable[FieldChange]:
    before, after = row.before or {}, row.after or {}
    own = _own() if own_of(told) else {}
    for name in told:
        if not any(key in after for key in _columns(name)):
            continue
        if name in own:
            yield _own_change(own[name], before.get(name), after.get(name))
            continue
        if name == CONTACTS:
            values = _contacts_told(before.get(name) or (), after.get(name) or ())
            yield FieldChange(name, str(LABELS[name]), *values)
            continue
        if name in ("phone", "email") and CONTACTS in after:
            continue
        field = Customer._meta.get_field(name)
        label = str(LABELS.get(name) or getattr(field, "verbose_name", name))
        if name in LONG:
            yield FieldChange(name, label, "", "")
            continue
        values = [_shown(field, _held(held, name), links) for held in (before, after)]
        yield FieldChange(name, label, *values)


def _own_change(one: OwnField, before: Any, after: Any) -> FieldChange:
    if one.type == OwnField.Type.LONG:
        return FieldChange(one.key, one.label, "", "")
    told = [_time(kept) or words_of(one, kept) for kept in (before, after)]
    return FieldChange(one.key, one.label, *told)


def _contacts_told(before: Iterable[Any], after: Iterable[Any]) -> tuple[str, str]:
    """What went or was otherwise, and what came or is now so: what stayed is not told."""
    was, now = (
        {_key(one): one for one in held if isinstance(one, dict)} for held in (before, after)
    )
    old = [one for key, one in was.items() if _differs(one, now.get(key))]
    new = [one for key, one in now.items() if _differs(one, was.get(key))]
    return ", ".join(map(_detail, old)), ", ".join(map(_detail, new))


def _key(one: Mapping[str, Any]) -> tuple[Any, Any]:
    return one.get("kind"), one.get("normal") or one.get("raw")


def _differs(one: Mapping[str, Any], other: Mapping[str, Any] | None) -> bool:
    return other is None or any(one.get(name) != other.get(name) for name in ("raw", "label"))


def _detail(one: Mapping[str, Any]) -> str:
    """A contact detail as it was typed, with what it is called."""
    return " ".join(filter(None, (str(one.get("raw", "")), str(one.get("label") or ""))))


def _shown(field: Any, value: Any, links: Mapping[type[Model], Mapping[int, str]]) -> Any:
    """A value of a Change as people read it: a text, a day or a moment."""
    if value in (None, "", []):
        return ""
    if field.related_model is not None:
        names = links.get(field.related_model, {})
        return ", ".join(filter(None, (names.get(pk, "") for pk in _numbers(value))))
    if field.name == "preferred_days":
        return ", ".join(str(WEEKDAYS[day]) for day in value if day in WEEKDAYS)
    if field.choices:
        return str(dict(field.choices).get(value, value))
    return _time(value) or str(value)


def shown_value(actor: Actor, name: str, value: Any) -> Any:
    """A value of one field, as a Change keeps it, in the words of people."""
    if own := _own().get(name):
        return words_of(own, value)
    field = Customer._meta.get_field(name)
    links: dict[type[Model], dict[int, str]] = {}
    if field.related_model is not None and (ids := _numbers(value)):
        rows = field.related_model._default_manager.filter(pk__in=ids)
        links = {field.related_model: {one.pk: label_of(actor, one) for one in rows}}
    return _shown(field, value, links)


def _time(value: Any) -> date | datetime | None:
    if not isinstance(value, str) or len(value) < 10:
        return None
    try:
        return parse_datetime(value) if "T" in value else parse_date(value)
    except ValueError:
        return None
