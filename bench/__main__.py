"""Measure the pages of a large business, on both databases; write bench/results/pages.json.

    python -m bench [10000 100000 …]     sizes in customers, 10,000 and 100,000 unless told

Each database and size runs in a process of its own, so that nothing is warm from the last.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.postgres import Cluster

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
SIZES = (10_000, 100_000)


def run(size: int, url: str, home: Path) -> dict:
    """The figures of one size on one database."""
    environ = os.environ | {
        "DATABASE_URL": url, "KESHER_HOME": str(home), "BENCH_SIZE": str(size),
        "DJANGO_SETTINGS_MODULE": "kesher.config.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.pages"],
        cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def main(sizes: list[int]) -> None:
    """All sizes on both databases, into one file and one table."""
    found: dict[str, dict[str, dict]] = {"sqlite": {}, "postgresql": {}}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            found["sqlite"][str(size)] = run(size, f"sqlite:///{home}/bench.sqlite3", home)
        keep(found)
        server = Cluster()
        server.start()
        with tempfile.TemporaryDirectory() as folder:
            found["postgresql"][str(size)] = run(size, server.url("kesher"), Path(folder))
        server.stop()
        keep(found)
    for database, by_size in found.items():
        for size, figures in by_size.items():
            print(f"\n{database}, {int(size):,} customers")
            for name, figure in figures["pages"].items():
                print(f"  {name:34}{figure['cpu_ms']:8.1f} ms CPU {figure['wall_ms']:8.1f} ms wall")


def keep(found: dict[str, dict[str, dict]]) -> None:
    """Write down what is known so far, and on what machine."""
    report = {
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "python": platform.python_version(), "machine": platform.machine(),
        "cores": os.cpu_count(), "figures": found,
    }  # fmt: skip
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "pages.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or list(SIZES))
