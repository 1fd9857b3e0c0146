"""Measure imports while a colleague works: lines a second, the longest step, his waits, memory.

    python -m bench.importing [20000 …]      lines of customers; four times as many purchases
    BENCH_BASE=100000 …                      into a business that has so many customers already

With a base somebody else looks at the list, searches and opens customers meanwhile.

Writes bench/results/importing.json. Each size and database runs in processes of its own: one brings
the files, another saves a customer again and again as a page does.
"""

import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
SIZES = (20_000,)
FIRMS = 400
PAUSE = 0.05  # between two saves of the colleague
BASE = int(os.environ.get("BENCH_BASE", "0"))
VISITED = ("list, first page", "find by name", "customer's page")


def files(size: int, folder: Path) -> tuple[Path, Path]:
    """Customers of three scripts with all that usual files say of them, and their purchases."""
    from bench.business import _customer

    dice, day = random.Random(11), date(2025, 1, 1)
    people, bought = folder / "customers.csv", folder / "purchases.csv"
    with people.open("w", encoding="utf-8") as file:
        file.write("number,first name,family name,phone,email,city,street,company,birthday\n")
        for n in range(size):
            one = _customer(dice, BASE + n, [None], [None])
            firm = f"Firm {dice.randrange(FIRMS)}" if n % 4 == 0 else ""
            street = f"Herzl {dice.randint(1, 300)}" if n % 2 else ""
            cells = (one.reference, one.first_name, one.last_name, one.phones[0], one.emails[0],
                     one.city, street, firm, one.birth_on)  # fmt: skip
            file.write(",".join(map(str, cells)) + "\n")
    with bought.open("w", encoding="utf-8") as file:
        file.write("customer,date,amount,item\n")
        for n in range(size * 4):
            bought_on = day + timedelta(days=dice.randint(0, 600))
            amount = f"{dice.randint(5, 900)}.{dice.randint(0, 99):02d}"
            file.write(
                f"B{BASE + dice.randrange(size):07d},{bought_on},{amount},Service {n % 60}\n"
            )
    return people, bought


def bring(size: int, folder: Path) -> dict:
    """Bring both files, each twice; the second time nothing changes."""
    import django

    django.setup()
    from django.core.management import call_command

    from kesher.config.garbage import sweep_rarely
    from kesher.core.access import SYSTEM
    from kesher.core.bulk import refresh_statistics
    from kesher.core.importing import running
    from kesher.core.importing.commands import check_import, open_import, take_in
    from kesher.core.importing.kinds import importable_kind
    from kesher.customers.commands.adding import NewCustomer, add_customer
    from kesher.organization.commands.founding import found_business

    call_command("migrate", verbosity=0)
    if BASE:
        from bench.million import build

        build(BASE)
        refresh_statistics()
    else:
        found_business(
            by=SYSTEM, business="Bench", trade="clinic", name="Bench Owner", branch="One",
            email="owner@bench.test", password="a long bench password", language="en",
        )  # fmt: skip
    add_customer(by=SYSTEM, customer=NewCustomer(first_name="Dana", reference="COLLEAGUE"))
    sweep_rarely()  # as the worker does
    steps: list[float] = []
    next_size = running._next_size

    def watched(lines: int, worked: float, took: float) -> int:
        steps.append(took)
        return next_size(lines, worked, took)

    running._next_size = watched
    found: dict = {}
    colleagues = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.importing", act, str(folder)], cwd=ROOT, env=os.environ
        )
        for act in (("save", "visit") if BASE else ("save",))
    ]
    for path, kind in zip(files(size, folder), ("customers", "purchases"), strict=True):
        for turn in ("", " again"):
            for name, work in (("looked through", check_import), ("taken in", take_in)):
                if name == "looked through":
                    run = open_import(by=SYSTEM, kind=importable_kind(kind), path=path,
                                      name=path.name, is_ours=False, said={})  # fmt: skip
                wall, cpu = time.monotonic(), time.process_time()
                work(by=SYSTEM, run=run)
                wall, cpu = time.monotonic() - wall, time.process_time() - cpu
                found[f"{kind} {name}{turn}"] = {
                    "lines": run.count, "per_second": round(run.count / wall),
                    "per_second_of_cpu": round(run.count / cpu), "counts": dict(run.counts),
                }  # fmt: skip
    (folder / "over").touch()
    for colleague in colleagues:
        colleague.wait()
    waits = json.loads((folder / "waits.json").read_text())
    return {
        "files": found,
        "step_ms": {"median": _ms(statistics.median(steps)), "longest": _ms(max(steps))},
        "save_ms": {
            "saves": len(waits), "median": _ms(statistics.median(waits)),
            "p95": _ms(sorted(waits)[int(len(waits) * 0.95)]), "longest": _ms(max(waits)),
        },
        "visits_ms": json.loads((folder / "visits.json").read_text()) if BASE else {},
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def save(folder: Path) -> None:
    """The colleague: one save after the other, until the files are in."""
    import django

    django.setup()
    from kesher.core.access import SYSTEM
    from kesher.customers.commands.changing import change_customer
    from kesher.customers.models import Customer

    waits = []
    while not (folder / "over").exists():
        dana = Customer.objects.get(reference="COLLEAGUE")
        started = time.monotonic()
        change_customer(by=SYSTEM, customer=dana, values={"city": f"City {len(waits)}"})
        waits.append(time.monotonic() - started)
        time.sleep(PAUSE)
    (folder / "waits.json").write_text(json.dumps(waits))


def visit(folder: Path) -> None:
    """Somebody else: the list, the search and a customer in turn, until the files are in."""
    from bench.pages import built, pages, signed_in

    owner, _took = built()
    asks = {name: ask for name, ask in pages(signed_in(owner)).items() if name in VISITED}
    waits: dict[str, list[float]] = {name: [] for name in asks}
    turn = 0
    while not (folder / "over").exists():
        for name, ask in asks.items():
            started = time.monotonic()
            ask(turn % 200)
            waits[name].append(time.monotonic() - started)
            time.sleep(PAUSE)
        turn += 1
    told = {
        name: {"asked": len(some), "median": _ms(statistics.median(some)),
               "p95": _ms(sorted(some)[int(len(some) * 0.95)]), "longest": _ms(max(some))}
        for name, some in waits.items()
    }  # fmt: skip
    (folder / "visits.json").write_text(json.dumps(told))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def measure(size: int, url: str, folder: Path) -> dict:
    """The figures of one size on one database."""
    environ = os.environ | {
        "DATABASE_URL": url, "KESHER_HOME": str(folder),
        "DJANGO_SETTINGS_MODULE": "kesher.config.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.importing", "bring", str(size), str(folder)],
        cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def main(sizes: list[int]) -> None:
    """All sizes on both databases, into one file and one table."""
    from tests.postgres import Cluster

    figures: dict[str, dict[str, dict]] = {"sqlite": {}, "postgresql": {}}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/bench.sqlite3"
            figures["sqlite"][str(size)] = measure(size, url, Path(folder))
        server = Cluster()
        server.start()
        with tempfile.TemporaryDirectory() as folder:
            figures["postgresql"][str(size)] = measure(size, server.url("kesher"), Path(folder))
        server.stop()
    report = {
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "python": platform.python_version(), "cores": os.cpu_count(),
        "load": [round(one, 1) for one in os.getloadavg()], "figures": figures,
    }  # fmt: skip
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "importing.json").write_text(json.dumps(report, indent=1) + "\n")
    for database, by_size in figures.items():
        for size, found in by_size.items():
            print(f"\n{database}, {int(size):,} customers, {found['peak_memory_mb']} MB at most")
            print(f"  steps {found['step_ms']}, a colleague's saves {found['save_ms']}")
            for name, one in found["visits_ms"].items():
                print(f"  meanwhile {name:22}{one}")
            for name, one in found["files"].items():
                print(f"  {name:32}{one['per_second']:8,} a second"
                      f"{one['per_second_of_cpu']:8,} a second of CPU")  # fmt: skip


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["bring"]:
        print(json.dumps(bring(int(words[1]), Path(words[2]))))
    elif words[:1] == ["save"]:
        save(Path(words[1]))
    elif words[:1] == ["visit"]:
        visit(Path(words[1]))
    else:
        main([int(word) for word in words] or list(SIZES))
