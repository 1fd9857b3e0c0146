"""How the databases answer what the pages ask: every query with its plan, into docs/plans.md.

    python -m bench.plans [20000]

A plan says what is read, never how long that takes: so the file changes only when a plan does.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAPER = ROOT / "docs" / "plans.md"
SIZE = 20_000
BIG = frozenset(
    (
        "customers_customer", "customers_customercontact", "customers_contactpoint",
        "customers_customerbranch", "customers_customertag", "customers_tie", "billing_purchase",
        "billing_purchasesummary", "engagement_touch", "engagement_task",
        "engagement_customerpulse", "core_change", "core_eventrecord", "core_searchentry",
        "core_search_vocabulary",
    )
)  # fmt: skip
# Page and table of what may be read whole, and why.
EXCUSED: dict[tuple[str, str], str] = {}
TABLES = re.compile(r"""(?:FROM|JOIN|UPDATE|INTO)\s+"?(\w+)"?(?:\s+(?:AS\s+)?"?(\w+)"?)?""")
SCANNED = re.compile(r"SCAN (\w+)\b(?! VIRTUAL)(?P<how>.*)")
SEQUENTIAL = re.compile(r"Seq Scan on (\w+)")
HEAD = """# How the databases answer the pages

Written by `python -m bench.plans`: every query of the pages that `bench/pages.py` measures, each
once, with its plan. A test sees to it that no page reads a big table from end to end.
PostgreSQL may prefer to read a table whole while it is small; the test forbids it that, so that
what remains is what no index serves.
"""


@contextmanager
def listening(heard: dict[str, Any]) -> Iterator[None]:
    """Gather the statements that are asked meanwhile, each once, with what was asked for."""
    from django.db import connection

    def hear(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        if not many and sql.split(None, 1)[0] in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            heard.setdefault(plain(sql), (sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        yield


def plain(sql: str) -> str:
    """A statement in short: however many values it asks for, whatever columns it brings."""
    sql = re.sub(r"\s+", " ", sql)
    sql = re.sub(r"IN \((?:%s|\d+)(?:, (?:%s|\d+))*\)", "IN (…)", sql)
    sql = re.sub(r"VALUES \(.*\)", "VALUES (…)", sql)
    sql = re.sub(r'SELECT (DISTINCT )?("\w+"\."\w+"(?: AS "\w+")?(?:, )?){3,}', "SELECT … ", sql)
    sql = re.sub(r"\b\d{2,}\b", "…", sql)
    return sql if len(sql) <= 700 else sql[:700] + " …"


def plan_of(sql: str, params: Any) -> list[str]:
    """How the database goes about it, in lines that are the same every time."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (COSTS OFF) {sql}", params)
            return [_steady(row[0]) for row in cursor.fetchall()]
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        depth = {0: 0}
        lines = []
        for number, parent, _unused, text in cursor.fetchall():
            depth[number] = depth.get(parent, 0) + 1
            lines.append("  " * (depth[number] - 1) + text)
        return lines


def _steady(line: str) -> str:
    line = re.sub(r"'(?:[^']|'')*'", "?", line)
    line = re.sub(r"(?<![\w.])\d+(?![\w.])", "#", line)
    return line if len(line) <= 200 else line[:200] + " …"


def read_whole(sql: str, plan: list[str]) -> set[str]:
    """The big tables that a plan reads from end to end."""
    names = {alias or table: table for table, alias in TABLES.findall(sql)}
    names |= {table: table for table, _alias in TABLES.findall(sql)}
    found = set()
    for line in plan:
        if match := SCANNED.search(line):
            # Along an index until the page is full is what a list does.
            is_walk = "USING" in match["how"] and " LIMIT " in sql
            found |= set() if is_walk else {names.get(match[1], match[1])}
        elif match := SEQUENTIAL.search(line):
            found.add(match[1])
    return found & BIG


def heard_on(pages: dict[str, Callable[[int], object]]) -> dict[str, dict[str, tuple]]:
    """What each page asks, by the statement in short; asked twice, the first time is another."""
    found: dict[str, dict[str, tuple]] = {}
    for name, ask in pages.items():
        ask(0)
        found[name] = {}
        with listening(found[name]):
            ask(1)
    return found


def inside() -> None:
    """The plans of one database, as a chapter."""
    from django.db import connection

    import bench.pages as bench

    owner, _took = bench.built()
    told: set[str] = set()
    print(f"## {connection.vendor}")
    for name, heard in heard_on(bench.pages(bench.signed_in(owner))).items():
        print(f"\n### {name}\n")
        again = sum(short in told for short in heard)
        print(f"{len(heard)} statements" + (f", {again} of them told above." if again else "."))
        for short, (sql, params) in sorted(heard.items()):
            if short not in told:
                told.add(short)
                plan = "\n".join(f"    {line}" for line in plan_of(sql, params))
                print(f"\n`{short}`\n\n{plan}")


def chapter(size: int, url: str, home: Path) -> str:
    """Ask in a process of its own."""
    environ = os.environ | {
        "DATABASE_URL": url, "KESHER_HOME": str(home), "BENCH_SIZE": str(size),
        "DJANGO_SETTINGS_MODULE": "kesher.config.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.plans", "inside"],
        cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def main(size: int) -> None:
    """Both databases, into one paper."""
    from tests.postgres import Cluster

    with tempfile.TemporaryDirectory() as folder:
        chapters = [chapter(size, f"sqlite:///{folder}/bench.sqlite3", Path(folder))]
    server = Cluster()
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        chapters.append(chapter(size, server.url("kesher"), Path(folder)))
    server.stop()
    told = f"{HEAD}\nAsked of {size:,} customers.\n\n" + "\n".join(chapters)
    PAPER.write_text(told.rstrip() + "\n")


if __name__ == "__main__":
    words = sys.argv[1:]
    if words == ["inside"]:
        inside()
    else:
        main(int(words[0]) if words else SIZE)
