"""The keys by which customers meet: written set by set, looked up a few rows at a time.

A customer is kept by few keys and asked for by all of them; a key that very many share says
nothing, and is never read further than to see that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from django.db import connection, transaction

from kesher.core.bulk import insert_rows
from kesher.core.matching.blocks import MOST, MOST_LOOSE, block_keys, kept_keys
from kesher.customers.match_records import Known, known_customers
from kesher.customers.models import MatchDue, MatchKey

FEW = 10  # customers whose keys are written at once; of more a job takes care
CLOSEST = 30  # customers with whom one is compared: those who share the most keys
CERTAIN = ("p", "e")  # telephone and e-mail: of many sharers the first are compared all the same
SQLITE = """SELECT asked.value, (SELECT group_concat(number) FROM
    (SELECT number FROM customers_matchkey WHERE key = asked.value LIMIT %s))
    FROM json_each(%s) AS asked"""
POSTGRES = """SELECT asked, ARRAY(
    SELECT number FROM customers_matchkey WHERE key = asked LIMIT %s)
    FROM unnest(%s::bigint[]) AS asked"""


@lru_cache(maxsize=200_000)
def _number(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), signed=True)


def write_keys(numbers: Collection[int]) -> None:
    """Bring the keys of these customers up to date."""
    with transaction.atomic():
        MatchKey.objects.filter(number__among=numbers).delete()
        # A colleague may bring the same customer up to date at this moment: his row serves both.
        rows = key_rows(known_customers(numbers).values())
        insert_rows(MatchKey, ("key", "number"), rows, unless_there=True)


def key_rows(customers: Iterable[Known]) -> Iterable[tuple[int, int]]:
    """The rows of the table of keys, in its order."""
    return sorted(
        (_number(f"{one.kind[0]}{key}"), one.number)
        for one in customers
        for key in {key for each in one.records for key in kept_keys(each)}
    )


def forget_keys(numbers: Collection[int]) -> None:
    """Of customers who are deleted nothing waits and nothing is found."""
    MatchKey.objects.filter(number__among=numbers).delete()
    MatchDue.objects.filter(number__among=numbers).delete()


def await_comparison(numbers: Iterable[int]) -> None:
    """Have customers compared with the others before long."""
    waiting = ((number, False) for number in sorted(set(numbers)))
    insert_rows(
        MatchDue, ("number", "is_keyed"), waiting, instead=("number", ["is_keyed"])
    )  # fmt: skip


@dataclass
class Met:
    """Who shares keys with a customer, and how many share his numbers."""

    shared: Counter[int] = field(default_factory=Counter)  # customer -> keys in common
    sharers: dict[str, list[int]] = field(default_factory=dict)  # of p… and e… keys

    def closest(self) -> list[int]:
        """Those who share a telephone or e-mail, then those who share the most keys."""
        certain = dict.fromkeys(number for held in self.sharers.values() for number in held)
        near = (number for number, _keys in self.shared.most_common(CLOSEST))
        return list(dict.fromkeys((*certain, *near)))[:CLOSEST]


def meet(customers: Collection[Known]) -> dict[int, Met]:
    """Whom each of these customers meets, himself left out."""
    asked = {
        one.number: {
            _number(f"{one.kind[0]}{key}"): key for each in one.records for key in block_keys(each)
        }
        for one in customers
    }
    held = _look_up({key for keys in asked.values() for key in keys})
    return {number: _met(number, keys, held) for number, keys in asked.items()}


def _met(number: int, keys: Mapping[int, str], held: Mapping[int, list[int]]) -> Met:
    met = Met()
    for key, text in keys.items():
        numbers = [one for one in held.get(key, ()) if one != number]
        if text[0] in CERTAIN:
            met.sharers[text] = numbers
        if numbers and len(numbers) < (MOST_LOOSE if text[0] == "~" else MOST):
            met.shared.update(numbers)
    return met


def _look_up(keys: Collection[int]) -> dict[int, list[int]]:
    """The customers of each key, at most so many that one sees they are too many."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(SQLITE, [MOST + 1, f"[{','.join(map(str, keys))}]"])
            return {key: [int(n) for n in said.split(",")] for key, said in cursor if said}
        cursor.execute(POSTGRES, [MOST + 1, list(keys)])
        return {key: numbers for key, numbers in cursor if numbers}
