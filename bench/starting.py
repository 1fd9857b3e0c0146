"""How long Kesher takes to answer when it is started again, and what of a processor that costs.

python -m bench.starting [TIMES]     five unless told; writes bench/results/starting.json
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

from bench.__main__ import RESULTS
from bench.usage import cpu_seconds
from tests.running import Place, Server

TIMES = 5


def main(times: int) -> None:
    """Start once cold with the demo, then `times` again; print and keep the figures."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), f"sqlite:///{folder}/kesher.sqlite3")
        place.kesher("migrate")
        place.kesher("demo", "load")
        server, walls, cpus = Server(place), [], []
        for _ in range(times):
            walls.append(server.start())
            cpus.append(cpu_seconds(server.processes()))
            server.stop()
    found = {
        "wall_s": round(statistics.median(walls), 2), "worst_wall_s": round(max(walls), 2),
        "cpu_s": round(statistics.median(cpus), 2), "times": times,
    }  # fmt: skip
    (RESULTS / "starting.json").write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else TIMES)
