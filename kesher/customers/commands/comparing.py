from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from django.db import transaction

from kesher.core.access import Actor, require_kind
from kesher.core.bulk import insert_rows
from kesher.customers.match_keys import write_keys
from kesher.customers.match_pairs import Compared, compared, marks_of
from kesher.customers.match_records import Said, known, known_customers
from kesher.customers.models import Alike, Customer, MatchDue, NameCount

LEAST = 0.2  # of a score that is worth a look
NAMES = ("pk", "kind", "first_name", "last_name", "name")
PAIR = ("score", "level", "is_strong", "features", "rests_on")


def key_waiting(*, by: Actor, limit: int) -> int:
    """Write the keys of some customers who were written since; return how many."""
    require_kind(by, "change", Customer)
    waiting = MatchDue.objects.filter(is_keyed=False)
    with transaction.atomic():
        numbers = list(waiting.order_by("number").values_list("number", flat=True)[:limit])
        MatchDue.objects.filter(number__among=numbers).update(is_keyed=True)
        write_keys(numbers)
    return len(numbers)


def compare_waiting(*, by: Actor, limit: int) -> int:
    """Find who may be the same as some customers who wait for it; return how many were compared."""
    require_kind(by, "change", Customer)
    waiting = MatchDue.objects.filter(is_keyed=True).order_by("-number")
    numbers = list(waiting.values_list("number", flat=True)[:limit])
    pairs = _pairs_of(numbers)
    with transaction.atomic():
        _keep(numbers, pairs)
        # Who was written meanwhile waits for his keys again, and stays.
        MatchDue.objects.filter(number__among=numbers, is_keyed=True).delete()
    return len(numbers)


def compare_anew(*, by: Actor, after: int, limit: int) -> list[int]:
    """Compare some customers again who come after this number; return which."""
    require_kind(by, "change", Customer)
    rows = Customer.objects.filter(pk__gt=after, binned_at__isnull=True).order_by("pk")
    numbers = list(rows.values_list("pk", flat=True)[:limit])
    pairs = _pairs_of(numbers)
    with transaction.atomic():
        _keep(numbers, pairs)
    return numbers


def _pairs_of(numbers: Collection[int]) -> list[Compared]:
    """The pairs of these customers that are worth a look."""
    here = [one for one in known_customers(numbers).values() if not one.is_binned]
    found = compared(here)
    return [
        pair
        for pairs in found.values()
        for pair in pairs
        if pair.score >= LEAST and not (pair.is_binned or pair.is_relative)
    ]


def _keep(numbers: Collection[int], pairs: Iterable[Compared]) -> None:
    """Keep these pairs, and none else of these customers."""
    fresh = {tuple(sorted((pair.one, pair.other))): pair for pair in pairs}
    there = Customer.objects.filter(pk__among=[n for pair in fresh for n in pair])
    living = set(there.values_list("pk", flat=True))
    held: dict[tuple[int, int], int] = {}
    for side in ("customer", "other"):
        rows = Alike.objects.filter(**{f"{side}__among": numbers})
        held |= {(one, other): pk for pk, one, other in rows.values_list(
            "pk", "customer_id", "other_id")}  # fmt: skip
    Alike.objects.filter(pk__among=[pk for two, pk in held.items() if two not in fresh]).delete()
    Alike.objects.bulk_create(
        [
            Alike(customer_id=two[0], other_id=two[1], features=list(pair.features),
                  **{name: getattr(pair, name) for name in PAIR if name != "features"})
            for two, pair in sorted(fresh.items()) if living.issuperset(two)
        ],
        update_conflicts=True, unique_fields=["customer", "other"], update_fields=PAIR,
    )  # fmt: skip


def count_names(*, by: Actor, chunk: int = 2000) -> int:
    """Count who bears which name, so that a rare one says more; return of how many customers."""
    require_kind(by, "change", Customer)
    counts: Counter[str] = Counter()
    last = 0
    rows = Customer.objects.filter(binned_at__isnull=True).order_by("pk").values_list(*NAMES)
    while some := list(rows.filter(pk__gt=last)[:chunk]):
        for pk, kind, first, given, name in some:
            counts.update(marks_of(known(pk, Said(kind, first, given, name)).records[0]))
        counts[""] += len(some)
        last = some[-1][0]
    _keep_counts(counts)
    return counts[""]


def _keep_counts(counts: Counter[str]) -> None:
    """Some thousand names at a time; who is borne by nobody any more is dropped."""
    held = dict(NameCount.objects.values_list("name", "count"))
    names = sorted(name for name, count in counts.items() if held.get(name) != count)
    for at in range(0, len(names), 2000):
        some = ((name, counts[name]) for name in names[at : at + 2000])
        insert_rows(NameCount, ("name", "count"), some, instead=("name", ["count"]))
    gone = sorted(held.keys() - counts.keys())
    for at in range(0, len(gone), 2000):
        NameCount.objects.filter(name__among=gone[at : at + 2000]).delete()
