"""Who wins when a source says one thing of a field and Kesher holds another.

Asked of the ledger of changes, once for all records of a step: what was written last by this very
source may be overwritten by it. What a person, or another source, has written since stays; that the
source says otherwise is kept as a contradiction, for somebody to answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Model

from kesher.core.changes import plain
from kesher.core.feeds.models import Arrival, Conflict, Feed
from kesher.core.importing.kinds import Plan
from kesher.core.importing.models import ImportRun
from kesher.core.models import Change

SOURCE, HERE, EMPTY = "source", "here", "empty"
Key = tuple[int, str]


@dataclass(frozen=True)
class Written:
    """Who wrote a field last, and with which batch."""

    value: Any
    before: Any
    is_first: bool  # it came with the record itself
    by: str
    at: datetime
    batch: str


@dataclass(frozen=True)
class Contradiction:
    """A field of which the source says something that is not taken."""

    record_id: int
    field: str
    here: Any
    there: Any
    written: Written | None


def winning(plan: Plan, model: type[Model], ids: Iterable[int]) -> Winning | None:
    """Who wins for these records, if the import comes from a source that lives on."""
    arrival = plan.options.get("arrival")
    feed = Feed.objects.filter(arrivals=arrival).first() if arrival else None
    return Winning(feed, model._meta.label_lower, list(ids)) if feed else None


class Winning:
    """Who wins, field by field, for the records of one step."""

    def __init__(self, feed: Feed, kind: str, ids: Sequence[int]):
        self.feed, self.kind, self.ids = feed, kind, ids

    def rule(self, *names: str) -> str:
        """Who wins in a field that goes by these names."""
        return next((self.feed.wins[name] for name in names if name in self.feed.wins), HERE)

    def written(self, pk: int, name: str) -> list[Written]:
        """What was written into a field of a record, the latest last."""
        return self._ledger.get((pk, name), [])

    def may_overwrite(self, pk: int, name: str, *, is_blank: bool) -> bool:
        """Whether what stands in a field is the source's to change."""
        written = self.written(pk, name)
        if not written:
            return True
        last, ours = written[-1], self._ours
        if last.batch in ours:
            return True
        if last.batch in self._imports:  # a file, or another source
            return self._imports[last.batch] is None and not any(w.batch in ours for w in written)
        return last.is_first and is_blank

    def answered(self, pk: int, name: str, there: Any) -> bool:
        """Whether somebody has said already that ours stays against this very word."""
        held = self._conflicts.get((pk, name))
        return bool(held and held.state == Conflict.State.KEPT and held.there == there)

    def is_settled(self, pk: int, name: str) -> bool:
        """Whether a contradiction of this field is kept, and so may be over."""
        return (pk, name) in self._conflicts

    # ---- asked once for all records of the step

    @cached_property
    def _ledger(self) -> dict[Key, list[Written]]:
        held: dict[Key, list[Written]] = {}
        rows = Change.objects.filter(kind=self.kind, record_id__among=self.ids).order_by("pk")
        for row in rows.iterator():
            before = row.before or {}
            for name, value in (row.after or {}).items():
                written = Written(
                    value, before.get(name), row.before is None, row.actor, row.happened_at,
                    row.batch,
                )  # fmt: skip
                key = (row.record_id, name.removesuffix("_id"))
                held.setdefault(key, []).append(written)
        return held

    @cached_property
    def _imports(self) -> dict[str, int | None]:
        """Batches that were imports, with the source of each."""
        batches = {one.batch for many in self._ledger.values() for one in many if one.batch}
        rows = ImportRun.objects.filter(batch__among=batches)
        return dict(rows.values_list("batch", "arrival__feed_id"))

    @cached_property
    def _ours(self) -> frozenset[str]:
        return frozenset(b for b, feed in self._imports.items() if feed == self.feed.pk)

    @cached_property
    def _conflicts(self) -> dict[Key, Conflict]:
        rows = Conflict.objects.filter(feed=self.feed, kind=self.kind, record_id__among=self.ids)
        return {(row.record_id, row.field): row for row in rows}


def keep_conflicts(
    plan: Plan,
    model: type[Model],
    found: Sequence[Contradiction],
    over: Mapping[int, Iterable[str]],
) -> None:
    """Note what is contradicted, and forget what is not any more, in the caller's transaction."""
    if not found and not over:
        return
    kind = model._meta.label_lower
    feed_id = Arrival.objects.values_list("feed_id", flat=True).get(pk=plan.options["arrival"])
    for pk, names in over.items():
        Conflict.objects.filter(
            feed=feed_id, kind=kind, record_id=pk, field__in=list(names)
        ).delete()
    noted = [
        Conflict(
            feed_id=feed_id, kind=kind, record_id=one.record_id, field=one.field,
            here=plain(one.here), there=plain(one.there), batch=plan.batch,
            changed_by=one.written.by if one.written else "",
            changed_at=one.written.at if one.written else None, state=Conflict.State.OPEN,
        )
        for one in found
    ]  # fmt: skip
    Conflict.objects.bulk_create(
        noted,
        batch_size=100,
        update_conflicts=True,
        unique_fields=["feed", "kind", "record_id", "field"],
        update_fields=["here", "there", "batch", "changed_by", "changed_at", "state"],
    )


def forget_conflicts(model: type[Model], pk: int) -> None:
    """What sources said of a record that is no more is nobody's business."""
    Conflict.objects.filter(kind=model._meta.label_lower, record_id=pk).delete()
