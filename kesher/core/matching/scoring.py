"""How likely two records are one person: a sum of weights, turned into a share between 0 and 1."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kesher.core.matching.blocks import candidates
from kesher.core.matching.features import Census, Features
from kesher.core.matching.records import Record

WEIGHTS = Path(__file__).with_name("weights.json")
FITTED_ON = 6218  # records; in a larger base namesakes are more frequent
SAFE, LIKELY, POSSIBLE = "safe", "likely", "possible"
CLASSES = (SAFE, LIKELY, POSSIBLE)
BARRED = frozenset(("birth:other", "household", "gender:clash"))  # from what is safe


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, how likely they are one, in which class that is, and what speaks for it."""

    a: Record
    b: Record
    score: float
    level: str
    features: tuple[str, ...]


@cache
def fitted() -> dict[str, Any]:
    """The weights of the features, and where the classes begin."""
    return json.loads(WEIGHTS.read_text(encoding="utf-8"))


def total(features: Sequence[str], weights: dict[str, float]) -> float:
    """The sum of the weights: the logarithm of the odds."""
    return weights[""] + sum(weights.get(feature, 0.0) for feature in features)


def share(odds: float) -> float:
    """A logarithm of odds as a share between 0 and 1."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, odds))))


class Scorer:
    """Scores pairs of one base."""

    def __init__(self, census: Census):
        self.compare = Features(census)
        self.prior = max(0.0, math.log(max(1, census.size) / FITTED_ON))

    def pair(self, a: Record, b: Record) -> Pair:
        """Two records compared."""
        known, features = fitted(), self.compare.of(a, b)
        score = share(total(features, known["weights"]) - self.prior)
        return Pair(a, b, score, level_of(score, features, known), tuple(features))


def pairs_of(records: Sequence[Record]) -> Iterator[Pair]:
    """Every pair that is worth a comparison, with its score, in the order of the records."""
    scorer = Scorer(Census.of(records))
    for first, second in candidates(records):
        yield scorer.pair(records[first], records[second])


def level_of(score: float, features: Sequence[str], known: dict[str, Any]) -> str:
    """The class of a pair; another birth date or a household is never safe."""
    if score >= known[SAFE] and BARRED.isdisjoint(features):
        return SAFE
    return LIKELY if score >= known[LIKELY] else POSSIBLE
