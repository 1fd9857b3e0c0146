"""Who may be here twice, as far as a reader may know; and who of them belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet

from kesher.core.access import Actor, visible
from kesher.core.prepared import Mark, prepared
from kesher.customers.models import Alike, Apart, Customer, Tie

Level = Alike.Level
MOST_TOGETHER = 5  # customers of one group, as many as are merged at once
AT_ONCE = 40  # pairs that are put together into groups


@dataclass
class Group:
    """Customers who seem to be one, and the pairs that say so, the surest first."""

    numbers: list[int]
    pairs: list[Alike] = field(default_factory=list)


def alikes(actor: Actor) -> QuerySet[Alike]:
    """The pairs of which the actor sees both, and about which nothing is decided yet.

    Whom somebody told apart, or tied together as two, is not asked about again.
    """
    apart = Apart.objects.filter(customer=OuterRef("customer"), other=OuterRef("other"))
    tied = Tie.objects.filter(customer=OuterRef("customer"), other=OuterRef("other"))
    back = Tie.objects.filter(customer=OuterRef("other"), other=OuterRef("customer"))
    return visible(actor, Alike).filter(
        ~Exists(apart), ~Exists(tied), ~Exists(back),
        customer__binned_at__isnull=True, other__binned_at__isnull=True,
    )  # fmt: skip


def alike_to(actor: Actor, customer: Customer, most: int = 3) -> list[Alike]:
    """Those who may be the same as a customer, the likeliest first."""
    numbers = _pairs(customer=customer.pk)
    if not numbers:
        return []
    here = alikes(actor).filter(pk__in=numbers)
    return list(here.select_related("customer", "other").order_by("-score", "pk")[:most])


@prepared(customer=BigIntegerField())
def _pairs(customer: Mark) -> QuerySet:
    return Alike.objects.filter(Q(customer=customer) | Q(other=customer)).values_list(
        "pk", flat=True
    )


def of_level(actor: Actor, level: str, *, is_strong: bool | None = None) -> QuerySet[Alike]:
    """The pairs of a class; by more than names, by names alone, or both."""
    pairs = alikes(actor).filter(level=level)
    return pairs if is_strong is None else pairs.filter(is_strong=is_strong)


def groups_of(actor: Actor, pairs: Iterable[Alike]) -> list[Group]:
    """Pairs put together where each of a group is surely alike to every other one of it.

    A chain of which the ends are strangers stays a chain of pairs; names alone never join.
    """
    ordered = sorted(pairs, key=lambda pair: (-pair.score, pair.pk))
    numbers = {number for pair in ordered for number in (pair.customer_id, pair.other_id)}
    sure = alikes(actor).filter(
        customer__among=sorted(numbers), other__among=sorted(numbers), is_strong=True,
        level__in=(Level.SAFE, Level.LIKELY),
    )  # fmt: skip
    links = set(sure.values_list("customer_id", "other_id"))
    held: dict[int, Group] = {}
    groups: list[Group] = []
    for pair in ordered:
        _join(pair, held, groups, links)
    return [group for group in groups if group.pairs]


def _join(
    pair: Alike, held: dict[int, Group], groups: list[Group], links: Collection[tuple[int, int]]
) -> None:
    two = (pair.customer_id, pair.other_id)
    mine, theirs = (held.get(number) or Group([number]) for number in two)
    if mine is theirs:
        mine.pairs.append(pair)
        return
    is_open = not (mine.pairs or theirs.pairs) or two in links
    across = [tuple(sorted((a, b))) for a in mine.numbers for b in theirs.numbers]
    if not is_open or any(one not in links and one != two for one in across):
        groups.append(Group(list(two), [pair]))
        return
    if len(mine.numbers) + len(theirs.numbers) > MOST_TOGETHER:
        return
    joined = Group(mine.numbers + theirs.numbers, [*mine.pairs, *theirs.pairs, pair])
    groups[:] = [one for one in groups if one is not mine and one is not theirs] + [joined]
    held.update(dict.fromkeys(joined.numbers, joined))


def safe_groups(actor: Actor, *, but: Collection[int] = (), most: int = AT_ONCE) -> list[Group]:
    """Groups that may be merged without a look at each: of safe pairs alone, nobody in two."""
    passed = set(but)
    while pairs := list(_mergeable(actor, passed)[:most]):
        groups = groups_of(actor, pairs)
        seen = Counter(number for group in groups for number in group.numbers)
        doubtful = {number for number, times in seen.items() if times > 1}
        if sure := [group for group in groups if doubtful.isdisjoint(group.numbers)]:
            return sure
        passed |= doubtful
    return []


def _mergeable(actor: Actor, but: Collection[int]) -> QuerySet[Alike]:
    """Safe pairs of which the actor may merge both, without those of some customers."""
    allowed = visible(actor, Customer, "merge")
    pairs = of_level(actor, Level.SAFE).filter(
        Exists(allowed.filter(pk=OuterRef("customer_id"))),
        Exists(allowed.filter(pk=OuterRef("other_id"))),
    )
    return pairs.exclude(customer__in=but).exclude(other__in=but).order_by("-score", "pk")


def first_of(customers: Iterable[Customer]) -> list[Customer]:
    """The customers in the order in which they go on: whom we serve, then who came first."""
    return sorted(customers, key=lambda one: (one.archived_at is not None, one.pk))
