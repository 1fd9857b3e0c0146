"""Measure the search box and the warning of duplicates, at growing sizes, on both databases.

    python -m bench.find [100000 1000000 …]

CPU is that of the process; on PostgreSQL the wall says what the server takes beside it.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
SIZES = (10_000, 100_000)
TYPED = (
    "yosef cohen", "כהן יוסף", "cohen", "co", "noa", "יוסף", "יוֹסֵף", "3190", "052", "0526473",
    "647", "64731", "B0004242", "papadopolous", "hux; fvi", "γιωργος", "george papadop", "חיפה",
    "maria kilobasi", "dalokamo", "bo.da@", "example", "zzzzqqq", "cohen 319", "a b c d e f g",
    "yosef coehn haifa", "qwertyuiop", "+972526473190",
)  # fmt: skip
TIMES = 7
CHUNK = 1000


def build(size: int) -> float:
    """Customers as in the bench of pages, without their history; the seconds of CPU it took."""
    from bench.business import _customer
    from kesher.core.access import SYSTEM
    from kesher.customers.commands.adding import add_customers
    from kesher.organization.commands.founding import found_business
    from kesher.organization.models import Branch

    found_business(
        by=SYSTEM, business="Bench", trade="clinic", name="Bench Owner",
        email="owner@bench.test", password="a long bench password", language="en",
    )  # fmt: skip
    branches = [Branch.objects.create(name=f"Branch {n}") for n in range(50)]
    # Three branches in four are small: each has about one customer in two hundred.
    spread = branches + branches[:1] * 60 + branches[1:2] * 40
    dice = random.Random(7)
    begun = time.process_time()
    for at in range(0, size, CHUNK):
        rows = [_customer(dice, at + n, spread, [None]) for n in range(min(CHUNK, size - at))]
        add_customers(by=SYSTEM, customers=rows)
    return time.process_time() - begun


def actors() -> dict:
    """Who looks: everybody's, a large branch's, a small branch's, one who may not see phones."""
    from kesher.core.access import SYSTEM, Actor, Scope
    from kesher.organization.models import Branch

    branches = list(Branch.objects.order_by("pk").values_list("pk", flat=True))
    grants = {("customers.customer", "view"): Scope.BRANCH}
    cleared = frozenset({"open", "contact", "personal"})

    def of(branch: int, clearances: frozenset) -> Actor:
        return Actor(
            label="bench", member_id=1, branches=frozenset({branch}), grants=grants,
            clearances=clearances,
        )  # fmt: skip

    return {
        "all": SYSTEM,
        "large branch": of(branches[0], cleared),
        "small branch": of(branches[-1], cleared),
        "no phones": of(branches[0], frozenset({"open"})),
    }


def measured(do) -> tuple[float, float]:
    """CPU and wall in milliseconds, the least of some runs: the rest is other people's work."""
    do()
    cpu, wall = [], []
    for _time in range(TIMES):
        c, w = time.process_time(), time.perf_counter()
        do()
        cpu.append((time.process_time() - c) * 1000)
        wall.append((time.perf_counter() - w) * 1000)
    return min(cpu), min(wall)


def inside(size: int) -> None:
    """One database of one size, in a process of its own."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from kesher.core.search import find
    from kesher.customers.duplicates import Typed, look_alikes

    call_command("migrate", verbosity=0)
    report: dict = {"load_cpu_s": round(build(size), 1)}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    for label, actor in actors().items():
        figures = {
            typed: measured(lambda: find(actor, typed, kinds=["customer"], limit=10))  # noqa: B023
            for typed in TYPED
        }
        report[label] = _summary(figures)
    seen = actors()["all"]
    dice = random.Random(9)
    alike = {
        f"duplicates {n}": measured(lambda: look_alikes(seen, typed))
        for n in range(20)
        if (typed := _typed(dice, Typed))
    }
    report["duplicates"] = _summary(alike)
    print(json.dumps(report))


def _typed(dice: random.Random, make: type):
    from bench.business import _customer

    new = _customer(dice, 10**6, [None], [None])
    return make(
        first_name=new.first_name, last_name=new.last_name, phones=new.phones, emails=new.emails
    )


def _summary(figures: dict[str, tuple[float, float]]) -> dict:
    cpu = [one for one, _wall in figures.values()]
    wall = [one for _cpu, one in figures.values()]
    slowest = sorted(figures, key=lambda name: -figures[name][1])[:3]
    return {
        "cpu_ms": round(statistics.median(cpu), 2),
        "cpu_max_ms": round(max(cpu), 2),
        "wall_ms": round(statistics.median(wall), 2),
        "wall_max_ms": round(max(wall), 2),
        "slowest": {name: [round(ms, 2) for ms in figures[name]] for name in slowest},
    }


def run(size: int, url: str, home: str) -> dict:
    """The figures of one size on one database."""
    environ = os.environ | {
        "DATABASE_URL": url, "KESHER_HOME": home,
        "DJANGO_SETTINGS_MODULE": os.environ.get("BENCH_SETTINGS", "kesher.config.settings"),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.find", "inside", str(size)],
        cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def main(sizes: list[int]) -> None:
    """All sizes on both databases, into one file and one table."""
    from tests.postgres import Cluster

    found: dict[str, dict[str, dict]] = {"sqlite": {}, "postgresql": {}}
    for size in sizes:
        with tempfile.TemporaryDirectory() as home:
            found["sqlite"][str(size)] = run(size, f"sqlite:///{home}/bench.sqlite3", home)
        cluster = Cluster()
        cluster.start()
        try:
            with tempfile.TemporaryDirectory() as home:
                found["postgresql"][str(size)] = run(size, cluster.url("kesher"), home)
        finally:
            cluster.stop()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "find.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    for database, by_size in found.items():
        for size, figures in by_size.items():
            print(f"\n{database}, {int(size):,} customers, {figures['load_cpu_s']} s CPU to load")
            for label, one in figures.items():
                if isinstance(one, dict):
                    print(
                        f"  {label:14} {one['cpu_ms']:6.1f} CPU {one['wall_ms']:6.1f} wall,", end=""
                    )
                    print(f" at most {one['cpu_max_ms']:6.1f} and {one['wall_max_ms']:6.1f} ms")


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        inside(int(sys.argv[2]))
    else:
        main([int(word) for word in sys.argv[1:]] or list(SIZES))
