"""No page reads a big table from end to end: what is quick with few customers stays so with many."""

import json

import pytest

pytestmark = pytest.mark.soak

PROGRAM = """
import json
import bench.pages as bench
from bench.plans import heard_on, plan_of, read_whole
from django.db import connection

owner, _took = bench.built()
found = {}
pages = heard_on(bench.pages(bench.signed_in(owner)))
if connection.vendor == "postgresql":  # what has an index uses it, however small the table
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
for page, heard in pages.items():
    for short, (sql, params) in heard.items():
        for table in read_whole(sql, plan_of(sql, params)):
            found.setdefault(f"{page}|{table}", short)
print(json.dumps({"asked": {page: len(heard) for page, heard in pages.items()}, "whole": found}))
"""


def test_no_page_reads_a_big_table_whole(places, tmp_path):
    from bench.plans import EXCUSED

    place = places.make("empty", tmp_path / "home", BENCH_SIZE="600")
    found = json.loads(place.python(PROGRAM).splitlines()[-1])
    places.drop(place)

    excused = {f"{page}|{table}" for page, table in EXCUSED}
    assert {name: sql for name, sql in found["whole"].items() if name not in excused} == {}
    assert all(found["asked"].values()) and len(found["asked"]) >= 9


def test_a_table_read_whole_is_noticed():
    from bench.plans import read_whole

    sql = 'SELECT 1 FROM "customers_customer" U0 INNER JOIN "customers_tie" ON (1)'
    assert read_whole(sql, ["SCAN U0", "  SEARCH customers_tie USING INDEX x (a=?)"]) == {
        "customers_customer"
    }
    assert read_whole(sql + " LIMIT 5", ["SCAN U0 USING INDEX customer_by_name"]) == set()
    assert read_whole(sql, ["  ->  Seq Scan on customers_tie u1"]) == {"customers_tie"}
