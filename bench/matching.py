"""Fit and judge the matcher of duplicates: on half the people fitted, on the other half reported.

python -m bench.matching [--fit]
"""

from __future__ import annotations

import csv
import json
import random
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from bench.matching_names import people
from kesher.core.matching import scoring
from kesher.core.matching.blocks import candidates
from kesher.core.matching.features import Census, Features
from kesher.core.matching.records import record

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
RESULTS = Path(__file__).parent / "results" / "matching.json"
ROUNDS, STEP, DECAY = 12, 0.15, 2e-5
SAFE_PRECISION = 0.997


class Half:
    """The records of half of the people, and which pairs of them are one person."""

    def __init__(self, part: int):
        with (DATA / "records.csv").open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if int(row["entity_id"]) % 2 == part]
        self.records = [record(row) for row in rows]
        known = {row["rec_id"] for row in rows}
        with (DATA / "pairs.csv").open(encoding="utf-8") as file:
            self.true = {
                (row["rec_a"], row["rec_b"]): row
                for row in csv.DictReader(file) if row["rec_a"] in known and row["rec_b"] in known
            }  # fmt: skip

    def is_true(self, a: str, b: str) -> bool:
        """Whether two numbers are of one person."""
        return (a, b) in self.true or (b, a) in self.true


def fit() -> None:
    """Fit the weights and the limits of the classes on the first half, and keep them."""
    half = Half(0)
    compare = Features(Census.of(half.records))
    pairs = []
    for i, j in candidates(half.records):
        a, b = half.records[i], half.records[j]
        pairs.append((compare.of(a, b), half.is_true(a.number, b.number)))
    weights = _descend(pairs)
    scored = sorted(((scoring.share(scoring.total(f, weights)), is_one, f) for f, is_one in pairs),
                    key=lambda each: -each[0])  # fmt: skip
    safe = _limit([s for s in scored if scoring.BARRED.isdisjoint(s[2])], SAFE_PRECISION)
    likely = _best(scored, len(half.true))
    rounded = {name: round(weight, 3) for name, weight in sorted(weights.items())}
    known = {"safe": safe, "likely": min(likely, safe), "weights": rounded}
    scoring.WEIGHTS.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    scoring.fitted.cache_clear()


def _descend(pairs: list[tuple[list[str], bool]]) -> dict[str, float]:
    """Logistic regression by gradients that shrink with what a weight has moved."""
    weights: dict[str, float] = defaultdict(float)
    moved: dict[str, float] = defaultdict(lambda: 1.0)
    chance = random.Random(7)
    for _round in range(ROUNDS):
        chance.shuffle(pairs)
        for features, is_one in pairs:
            wrong = is_one - scoring.share(scoring.total(features, weights))
            for name in ("", *features):
                slope = wrong - DECAY * 50 * weights[name]
                moved[name] += slope * slope
                weights[name] += STEP * slope / moved[name] ** 0.5
    return dict(weights)


def _limit(scored: list, precision: float) -> float:
    right, limit = 0, 0.999
    for count, (score, is_one, _features) in enumerate(scored, 1):
        right += is_one
        if right / count >= precision and count > 50:
            limit = score
    return round(limit, 4)


def _best(scored: list, true: int) -> float:
    right, best, limit = 0, 0.0, 0.5
    for count, (score, is_one, _features) in enumerate(scored, 1):
        right += is_one
        if 2 * right / (count + true) > best:
            best, limit = 2 * right / (count + true), score
    return round(limit, 4)


def judge() -> dict:
    """What the committed weights come to on the half they were not fitted on."""
    half, began = Half(1), time.process_time()
    pairs = list(scoring.pairs_of(half.records))
    took = time.process_time() - began
    true = len(half.true)
    right = {(p.a.number, p.b.number): half.is_true(p.a.number, p.b.number) for p in pairs}
    found = {
        "records": len(half.records), "true": true,
        "blocking recall": round(sum(right.values()) / true, 3),
        "candidates per record": round(len(pairs) / len(half.records), 2),
        "records a second": round(len(half.records) / took),
    }  # fmt: skip
    for name, levels in (("safe", {"safe"}), ("safe+likely", {"safe", "likely"})):
        said = [p for p in pairs if p.level in levels]
        good = sum(right[p.a.number, p.b.number] for p in said)
        precision, recall = good / max(1, len(said)), good / true
        f1 = 2 * good / (len(said) + true)
        found[name] = {"P": round(precision, 4), "R": round(recall, 3), "F1": round(f1, 3)}
    ordered = sorted(((p.score, right[p.a.number, p.b.number], ()) for p in pairs), reverse=True)
    limit = _limit(ordered, 0.95)
    found["recall at .95"] = round(sum(o for s, o, _f in ordered if s >= limit) / true, 3)
    return found | _parts(half, {(p.a.number, p.b.number) for p in pairs if p.level != "possible"})


def judge_others(count: int = 1000) -> dict:
    """What the weights come to on made-up people with other names and corruptions."""
    rows, true = people(count)
    began = time.process_time()
    said = {
        (p.a.number, p.b.number): p.level
        for p in scoring.pairs_of([record(row) for row in rows]) if p.level != scoring.POSSIBLE
    }  # fmt: skip
    took = time.process_time() - began
    safe = [pair for pair, level in said.items() if level == scoring.SAFE]
    good = sum(pair in true for pair in said)
    every, hit = Counter(true.values()), Counter(k for pair, k in true.items() if pair in said)
    return {
        "records": len(rows), "seconds": round(took, 1),
        "safe P": round(sum(pair in true for pair in safe) / max(1, len(safe)), 4),
        "safe R": round(sum(pair in true for pair in safe) / len(true), 3),
        "P": round(good / max(1, len(said)), 4), "R": round(good / len(true), 3),
        "recall of": {kind: round(hit[kind] / every[kind], 2) for kind in sorted(every)},
    }  # fmt: skip


def _parts(half: Half, said: set[tuple[str, str]]) -> dict:
    """The recall of each pair of scripts and each kind of corruption."""
    every: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    for (a, b), row in half.true.items():
        names = {row["scripts"], *row["tags"].replace("|", " ").replace(";", " ").split()}
        every.update(names)
        hit.update(names if (a, b) in said or (b, a) in said else ())
    return {"recall of": {name: round(hit[name] / every[name], 2) for name in sorted(every)}}


if __name__ == "__main__":
    if "--fit" in sys.argv:
        fit()
    found = judge() | {"other names": judge_others()}
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))
