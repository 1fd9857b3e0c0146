"""How customers, ties and wishes get back what they held before a batch of writes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime, parse_time

from kesher.core.access import Actor
from kesher.core.undo import Restorer, restores
from kesher.customers.commands.assigning import assign
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.contacts import set_contacts
from kesher.customers.commands.leaving import (
    archive,
    bin_customers,
    restore,
    unarchive,
)
from kesher.customers.commands.parting import unmerge_customers
from kesher.customers.commands.ties import bring_back_tie, change_tie, drop_tie
from kesher.customers.commands.wishing import (
    bring_back_wish,
    change_wish,
    drop_wish,
    meet_wish,
    reopen_wish,
)
from kesher.customers.models import Customer, Merger, Tag, Tie, Wish
from kesher.customers.uses import held_uses, remembered, remembered_tie, remembered_wish
from kesher.customers.writing import branch_ids, tag_ids
from kesher.organization.models import Branch

BESIDE = {"branches": branch_ids, "tags": tag_ids}
DROPPED: dict[str, tuple[Any, Any, Any]] = {
    "tie": (Tie, remembered_tie, bring_back_tie),
    "wish": (Wish, remembered_wish, bring_back_wish),
}
MOMENTS = ("archived_at", "binned_at")


@restores(Customer)
class CustomerRestorer(Restorer):
    follows = frozenset({"phone", "email"})  # from the contacts

    def now(self, record: Any, name: str) -> Any:
        """Also what lies in tables beside the row."""
        if name in BESIDE:
            return BESIDE[name](record)
        if name == "contacts":
            return remembered(held_uses(record))
        kind, _space, number = name.partition(" ")
        if kind in DROPPED:
            model, remember, _bring_back = DROPPED[kind]
            held = model.objects.filter(pk=number, customer=record).first()
            return remember(held) if held else None
        return super().now(record, name)

    def is_same(self, name: str, now: Any, former: Any) -> bool:
        """Who was in the bin and is there again, is there, whenever he came."""
        return (now is None) == (former is None) if name in MOMENTS else bool(now == former)

    def restore(self, *, by: Actor, record: Any, values: Mapping[str, Any], batch: str) -> None:
        """By the commands that write each of them."""
        columns = {
            name: _read(name, value)
            for name, value in values.items()
            if name not in (*BESIDE, *MOMENTS, "contacts") and " " not in name
        }
        for name, held in values.items():
            kind, _space, number = name.partition(" ")
            if kind in DROPPED and held:
                bring_back = DROPPED[kind][2]
                bring_back(by=by, customer=record, number=int(number), held=held, batch=batch)
        if "contacts" in values:
            set_contacts(by=by, customer=record, contacts=values["contacts"], batch=batch)
        if columns:
            change_customer(by=by, customer=record, values=columns, batch=batch)
        if not values.keys().isdisjoint(BESIDE):
            _reassign(by, record, values, batch)
        for name in MOMENTS:
            if name in values:
                _set_moment(by, record, name, values[name], batch)

    def remove(self, *, by: Actor, record: Any, batch: str) -> None:
        """What was added goes into the bin, from where it can come back."""
        moment = datetime.datetime.now(datetime.UTC)
        bin_customers(by=by, customers=[record], now=moment, batch=batch)


def _read(name: str, value: Any) -> Any:
    if name in ("birth_on", "since_on") and value:
        return datetime.date.fromisoformat(value)
    if name in ("preferred_from", "preferred_until") and value:
        return parse_time(value)
    return value


def _reassign(by: Actor, record: Any, values: Mapping[str, Any], batch: str) -> None:
    places = set(values.get("branches", branch_ids(record)))
    tags = set(values.get("tags", tag_ids(record)))
    gone, fresh = set(branch_ids(record)) - places, places - set(branch_ids(record))
    untagged, tagged = set(tag_ids(record)) - tags, tags - set(tag_ids(record))
    assign(
        by=by,
        customers=[record],
        add_branches=list(Branch.objects.filter(pk__in=fresh)),
        remove_branches=list(Branch.objects.filter(pk__in=gone)),
        add_tags=list(Tag.objects.filter(pk__in=tagged).values_list("name", flat=True)),
        remove_tags=list(Tag.objects.filter(pk__in=untagged).values_list("name", flat=True)),
        batch=batch,
    )


def _set_moment(by: Actor, record: Any, name: str, value: Any, batch: str) -> None:
    moment = parse_datetime(value) if value else None
    if name == "archived_at":
        if moment:
            archive(by=by, customers=[record], now=moment, batch=batch)
        else:
            unarchive(by=by, customers=[record], batch=batch)
    elif moment:
        bin_customers(by=by, customers=[record], now=moment, batch=batch)
    else:
        restore(by=by, customers=[record], batch=batch)


def _day(values: Mapping[str, Any], name: str, now: datetime.date | None) -> datetime.date | None:
    if name not in values:
        return now
    return datetime.date.fromisoformat(values[name]) if values[name] else None


@restores(Tie)
class TieRestorer(Restorer):
    def restore(self, *, by: Actor, record: Any, values: Mapping[str, Any], batch: str) -> None:
        """The title and the days it had."""
        change_tie(
            by=by,
            tie=record,
            title=values.get("title", record.title),
            starts_on=_day(values, "starts_on", record.starts_on),
            ends_on=_day(values, "ends_on", record.ends_on),
            batch=batch,
        )

    def remove(self, *, by: Actor, record: Any, batch: str) -> None:
        """A tie that was added goes."""
        drop_tie(by=by, tie=record, batch=batch)


@restores(Wish)
class WishRestorer(Restorer):
    def restore(self, *, by: Actor, record: Any, values: Mapping[str, Any], batch: str) -> None:
        """Its words and days, and whether it was met."""
        met = _day(values, "met_on", record.met_on)
        if met and not record.met_on:
            meet_wish(by=by, wish=record, on=met, batch=batch)
        elif record.met_on and not met:
            reopen_wish(by=by, wish=record, batch=batch)
        change_wish(
            by=by,
            wish=record,
            text=values.get("text", record.text),
            kind=values.get("kind", record.kind),
            wanted_on=_day(values, "wanted_on", record.wanted_on),
            batch=batch,
        )

    def remove(self, *, by: Actor, record: Any, batch: str) -> None:
        """A wish that was noted goes."""
        drop_wish(by=by, wish=record, batch=batch)


@restores(Merger)
class MergerRestorer(Restorer):
    def remove(self, *, by: Actor, record: Any, batch: str) -> None:
        """Those who were merged are taken apart."""
        unmerge_customers(by=by, merger=record)
